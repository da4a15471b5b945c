use std::{
    env, io,
    path::{self, Path, PathBuf},
};

use clap::Args;
use firehose_delivery::function::ProcessSettings;
use firehose_runtime::{Handler, error_chain};

use super::super::{command_error::CommandError, pipeline_file::read_pipeline};
use crate::{exit_code::ExitCode, terminal::eprint_error};

/// The name of the hidden command, as `firehose-local pipeline NAME FILE`.
const NAME: &str = "function";

/// Run a pipeline as a function process, over the Lambda Runtime API
///
/// `size` and `test` start this hidden command, so that a pipeline runs as a process like any other
/// function.
#[derive(Args, Debug)]
pub(super) struct FunctionProcessArgs {
    /// Pipeline file
    file: PathBuf,
}

impl FunctionProcessArgs {
    pub(super) fn run(self) -> ExitCode {
        let handler = async {
            let pipeline = read_pipeline(&self.file).await.map_err(|error| error.reason)?;
            Ok(Handler::new(pipeline))
        };
        match firehose_runtime::run_with(handler) {
            Ok(()) => ExitCode::Ok,
            Err(error) => {
                eprint_error(error_chain(&*error));
                ExitCode::CouldNotStart
            }
        }
    }
}

/// Returns the process that runs a pipeline: this executable with the hidden command.
///
/// # Errors
///
/// If the path of this executable is unknown.
pub(in super::super) fn pipeline_process(path: &Path) -> Result<ProcessSettings, CommandError> {
    let cannot_start = |error: io::Error| {
        let reason = format!("cannot start firehose-local as the function: {error}");
        CommandError { reason, code: ExitCode::CouldNotStart }
    };
    let mut settings = ProcessSettings::new(&env::current_exe().map_err(cannot_start)?);
    // The process starts in the folder of its executable, so a relative path would not be found.
    let path = path::absolute(path).map_err(cannot_start)?;
    settings.arguments = vec!["pipeline".into(), NAME.into(), path.into()];
    Ok(settings)
}
