use std::path::PathBuf;

use clap::Args;
use tokio::task::spawn_blocking;

use super::{
    super::{
        command_error::CommandError,
        run::{open_code, parse_assignment, read_code},
    },
    template_stream::TemplateStream,
};
use crate::terminal::eprint_error;
use firehose_template::GivenValues;

/// The template whose delivery stream has the function and the settings of the objects.
#[derive(Args, Debug)]
#[command(next_help_heading = "Template")]
pub(super) struct ReplayTemplateArgs {
    /// Take the function, the processors and the form of the objects from this infrastructure code
    ///
    /// Accepts the same files and folders as `run`. The function runs with its environment variables and
    /// its Timeout. An original record passes through the processors of the delivery stream, such as
    /// Decompression, before the function, and an output through MetadataExtraction. The objects are
    /// those that `run` writes for the destination of the delivery stream. Other options replace these
    /// settings.
    #[arg(id = "template", long, value_name = "PATH")]
    path: Option<PathBuf>,

    /// Delivery stream of the template, by its name, logical id or address; needed if several delivery
    /// streams invoke a function
    #[arg(long, value_name = "NAME|ID", requires = "template")]
    only: Option<String>,

    /// Set a parameter of the template, or a variable of Terraform; may be repeated
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parse_assignment,
          requires = "template")]
    parameters: Vec<(String, String)>,

    /// Give the value of another stack's export, for Fn::ImportValue; may be repeated
    #[arg(long = "import", value_name = "NAME=VALUE", value_parser = parse_assignment,
          requires = "template")]
    imports: Vec<(String, String)>,

    /// Give the value of a property, in place of the template's value; may be repeated
    #[arg(long = "value", value_name = "PATH=VALUE", value_parser = parse_assignment,
          requires = "template")]
    values: Vec<(String, String)>,
}

impl ReplayTemplateArgs {
    /// Returns the path of the template.
    pub(super) fn path(&self) -> Option<&std::path::Path> {
        self.path.as_deref()
    }

    /// Reads the delivery stream of the template. Returns `None` without `--template`. Reads on a thread
    /// for blocking work, because the file may be a pipe without a writer.
    pub(super) async fn read(&self) -> Result<Option<TemplateStream>, CommandError> {
        let Some(path) = self.path.clone() else { return Ok(None) };
        let opened = spawn_blocking(move || open_code(&path).map_err(|error| error.to_string()));
        let code = opened
            .await
            .unwrap_or_else(|_| Err("the thread that reads the template failed".to_owned()));
        let code = code.map_err(CommandError::usage)?;
        let given = GivenValues {
            parameters: self.parameters.iter().cloned().collect(),
            imports: self.imports.iter().cloned().collect(),
            properties: self.values.iter().cloned().collect(),
        };
        let deployment = read_code(&code, &given)?;
        let (stream, warnings) = TemplateStream::choose(&code, deployment, self.only.as_deref())?;
        for warning in warnings {
            eprint_error(warning);
        }
        Ok(Some(stream))
    }
}
