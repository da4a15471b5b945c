use std::io;

use super::json_verdict::JsonVerdict;
use crate::{exit_code::ExitCode, hint::with_hint, package::BuildError, terminal::eprint_error};
use firehose_delivery::{
    function::{InvokeError, StartError},
    store::StoreError,
};

/// Why a command could not begin at all.
#[derive(Debug)]
pub(crate) struct CommandError {
    pub(crate) reason: String,
    pub(crate) code: ExitCode,
}

impl CommandError {
    pub(crate) fn usage(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), code: ExitCode::BadUsage }
    }

    /// Says so, with `--json` on standard output too, and returns the exit code.
    pub(crate) fn print(&self, json: bool) -> ExitCode {
        eprint_error(&self.reason);
        if json {
            return JsonVerdict::error(self.code, &self.reason).print();
        }
        self.code
    }

    /// There is nothing to run on.
    pub(crate) fn no_runtime(error: &io::Error) -> Self {
        let reason = format!("cannot start an async runtime: {error}");
        Self { reason, code: ExitCode::CouldNotStart }
    }

    /// A store that is not there, or takes nothing.
    pub(crate) fn unavailable(error: &StoreError) -> Self {
        Self { reason: with_hint(error), code: ExitCode::StoreFailed }
    }
}

impl From<BuildError> for CommandError {
    fn from(error: BuildError) -> Self {
        Self { reason: error.to_string(), code: ExitCode::CouldNotStart }
    }
}

impl From<StartError> for CommandError {
    fn from(error: StartError) -> Self {
        Self { reason: with_hint(&error), code: ExitCode::CouldNotStart }
    }
}

impl From<InvokeError> for CommandError {
    fn from(error: InvokeError) -> Self {
        let code = match error {
            InvokeError::Start(_) => ExitCode::CouldNotStart,
            InvokeError::Function(_) => ExitCode::FunctionError,
        };
        Self { reason: with_hint(&error), code }
    }
}
