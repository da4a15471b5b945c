use std::path::{Path, PathBuf};

use clap::Args;
use firehose_template::{InfrastructureCode, TemplateError};

/// The template that is read if no option names one.
const DEFAULT: &str = "template.yaml";

/// The template, and the part of it that runs.
#[derive(Args, Debug)]
#[command(next_help_heading = "Template")]
pub(super) struct TemplateArgs {
    /// Template, or folder of a project with infrastructure code
    ///
    /// Recognizes the kind: a CloudFormation or SAM template, a SAM project or `.aws-sam/build`, a
    /// folder `cdk.out` of the CDK, the template that the Serverless Framework writes to
    /// `.serverless`, a folder of Terraform files, and the output of `terraform show -json`. Without
    /// template.yaml, the default is the current folder.
    #[arg(id = "template", long, value_name = "PATH", default_value = DEFAULT)]
    pub(super) path: PathBuf,

    /// Set a parameter of the template, or a variable of Terraform; may be repeated
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parse_assignment)]
    pub(super) parameters: Vec<(String, String)>,

    /// Give the value of another stack's export, for Fn::ImportValue; may be repeated
    #[arg(long = "import", value_name = "NAME=VALUE", value_parser = parse_assignment)]
    pub(super) imports: Vec<(String, String)>,

    /// Give the value of a property, in place of the template's value; may be repeated
    ///
    /// PATH is the path of the property as messages show it, such as
    /// Resources.Stream.Properties.DeliveryStreamName, or an address of Terraform. Use this option for
    /// a value that only a deployed stack has.
    #[arg(long = "value", value_name = "PATH=VALUE", value_parser = parse_assignment)]
    pub(super) values: Vec<(String, String)>,

    /// Put the records into this Kinesis stream or delivery stream; needed if the template has
    /// several
    #[arg(long, value_name = "NAME|ID")]
    pub(super) put_to: Option<String>,

    /// Run only this delivery stream, by its name, logical id or address; may be repeated
    #[arg(long, value_name = "NAME|ID")]
    pub(super) only: Vec<String>,

    /// Number of shards of the Kinesis stream, in place of the template's ShardCount
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) shards: Option<u32>,
}

/// Opens the infrastructure code at a path. Without the default template, opens the code of the
/// current folder.
pub(in crate::commands) fn open_code(path: &Path) -> Result<InfrastructureCode, TemplateError> {
    let opened = InfrastructureCode::open(path);
    match opened {
        Err(error) if path == Path::new(DEFAULT) && !path.exists() => {
            InfrastructureCode::open(Path::new(".")).map_err(|_| error)
        }
        opened => opened,
    }
}

/// Parses `NAME=VALUE`.
pub(in crate::commands) fn parse_assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("must be NAME=VALUE".to_owned()),
    }
}
