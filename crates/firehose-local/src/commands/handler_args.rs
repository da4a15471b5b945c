use std::path::{Path, PathBuf};

use clap::Args;

use super::{command_error::CommandError, version_note::note_version};
use firehose_delivery::function::{HandlerError, HandlerFunction, Language, ProcessSettings};

/// A handler in Python or JavaScript as the function of a command.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub(super) struct HandlerArgs {
    /// Run this handler in Python or JavaScript as the function, such as app.lambda_handler
    ///
    /// The name has the form of the property Handler of a Lambda function. The file with the module,
    /// such as app.py or app.mjs in the folder of --code, determines the language. Needs python3 or
    /// node, and runs AWS's runtime client if it is installed (awslambdaric, aws-lambda-ric).
    #[arg(long, value_name = "MODULE.FUNCTION", conflicts_with_all = ["package", "binary", "pipeline"])]
    pub(super) handler: Option<String>,

    /// Folder with the code of --handler, in which the function runs [default: .]
    #[arg(long, value_name = "FOLDER", requires = "handler")]
    pub(super) code: Option<PathBuf>,

    /// Lambda runtime of --handler, such as python3.13 or nodejs22.x
    ///
    /// Default: the runtime with the version of the installed interpreter.
    #[arg(long, value_name = "RUNTIME", requires = "handler", value_parser = parse_runtime)]
    pub(super) runtime: Option<String>,
}

impl HandlerArgs {
    /// Returns the settings of a process that runs the handler. Returns `None` if no argument names a
    /// handler. `name` is the name of the function, if that name differs from the module. `deployed` is
    /// the function's runtime in infrastructure code.
    pub(super) async fn process(
        &self,
        name: Option<&str>,
        deployed: Option<&str>,
    ) -> Result<Option<ProcessSettings>, CommandError> {
        let Some(handler) = &self.handler else { return Ok(None) };
        let function = HandlerFunction::find(handler, self.folder(), self.runtime.as_deref());
        let mut function = function.map_err(|error| with_option(&error))?;
        let is_same = |it: &&str| Language::of_runtime(it) == Some(function.language);
        let deployed = deployed.filter(is_same).map(str::to_owned);
        function.runtime = function.runtime.or(deployed);
        function.name = name.map(str::to_owned);
        let process = function.process().await?;
        note_version(name.unwrap_or(handler), &process);
        Ok(Some(process))
    }

    /// Returns the folder with the code.
    pub(super) fn folder(&self) -> &Path {
        self.code.as_deref().unwrap_or(Path::new("."))
    }
}

/// Returns the error of a handler, with the option that helps.
fn with_option(error: &HandlerError) -> CommandError {
    let option = match error {
        HandlerError::NoModule { .. } => "; --code names the folder with the code",
        HandlerError::Ambiguous { .. } => "; --runtime selects one, such as --runtime python3.13",
        _ => "",
    };
    let CommandError { reason, code } = CommandError::of_handler(error);
    CommandError { reason: reason + option, code }
}

fn parse_runtime(text: &str) -> Result<String, String> {
    match Language::of_runtime(text) {
        Some(_) => Ok(text.to_owned()),
        None => {
            Err("must be a runtime of Python or Node.js, such as python3.13 or nodejs22.x"
                .to_owned())
        }
    }
}
