use std::io;

use super::{complain, json_verdict::JsonVerdict};
use crate::{exit_code::ExitCode, hint::with_hint, package::BuildError};
use firehose_delivery::{
    function::{InvokeError, StartError},
    store::StoreError,
};

/// Why a command could not begin at all.
#[derive(Debug)]
pub(crate) struct CannotRun {
    pub(crate) reason: String,
    pub(crate) code: ExitCode,
}

impl CannotRun {
    pub(crate) fn usage(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), code: ExitCode::BadUsage }
    }

    /// Says so, with `--json` on standard output too, and returns the exit code.
    pub(crate) fn say(&self, json: bool) -> ExitCode {
        complain(&self.reason);
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

impl From<BuildError> for CannotRun {
    fn from(error: BuildError) -> Self {
        Self { reason: error.to_string(), code: ExitCode::CouldNotStart }
    }
}

impl From<StartError> for CannotRun {
    fn from(error: StartError) -> Self {
        Self { reason: with_hint(&error), code: ExitCode::CouldNotStart }
    }
}

impl From<InvokeError> for CannotRun {
    fn from(error: InvokeError) -> Self {
        let code = match error {
            InvokeError::Start(_) => ExitCode::CouldNotStart,
            InvokeError::Function(_) => ExitCode::FunctionError,
        };
        Self { reason: with_hint(&error), code }
    }
}
