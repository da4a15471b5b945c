use std::path::{Path, PathBuf};

use clap::Args;

/// The template, and the part of it that runs.
#[derive(Args, Debug)]
#[command(next_help_heading = "Template")]
pub(super) struct TemplateArgs {
    /// CloudFormation or SAM template
    #[arg(id = "template", long, value_name = "FILE", default_value = "template.yaml")]
    pub(super) path: PathBuf,

    /// Set a parameter of the template, in place of its default; may be repeated
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parse_assignment)]
    pub(super) parameters: Vec<(String, String)>,

    /// Give the value of another stack's export, for Fn::ImportValue; may be repeated
    #[arg(long = "import", value_name = "NAME=VALUE", value_parser = parse_assignment)]
    pub(super) imports: Vec<(String, String)>,

    /// Give the value of a property, in place of the template's value; may be repeated
    ///
    /// PATH is the path of the property as messages show it, such as
    /// Resources.Stream.Properties.DeliveryStreamName. Use this option for a value that only a
    /// deployed stack has.
    #[arg(long = "value", value_name = "PATH=VALUE", value_parser = parse_assignment)]
    pub(super) values: Vec<(String, String)>,

    /// Put the records into this Kinesis stream or delivery stream; needed if the template has
    /// several
    #[arg(long, value_name = "NAME|ID")]
    pub(super) put_to: Option<String>,

    /// Run only this delivery stream, by its name or logical id; may be repeated
    #[arg(long, value_name = "NAME|ID")]
    pub(super) only: Vec<String>,

    /// Number of shards of the Kinesis stream, in place of the template's ShardCount
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) shards: Option<u32>,
}

impl TemplateArgs {
    /// Returns the folder of the template, in which functions are built.
    pub(super) fn folder(&self) -> &Path {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or(Path::new("."))
    }
}

/// Parses `NAME=VALUE`.
pub(in crate::commands) fn parse_assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("must be NAME=VALUE".to_owned()),
    }
}
