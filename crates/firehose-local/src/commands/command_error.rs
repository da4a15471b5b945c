use std::io;

use super::json_verdict::JsonVerdict;
use crate::{exit_code::ExitCode, hint::with_hint, package::BuildError, terminal::eprint_error};
use firehose_delivery::{
    function::{HandlerError, InvokeError, StartError},
    store::StoreError,
};

/// An error that ends a command without a report.
#[derive(Debug)]
pub(crate) struct CommandError {
    pub(crate) reason: String,
    pub(crate) code: ExitCode,
}

impl CommandError {
    /// Returns an error in the arguments or the input.
    pub(crate) fn usage(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), code: ExitCode::BadUsage }
    }

    /// Writes the reason to standard error, and with `json` also to standard output. Returns the
    /// exit code.
    pub(crate) fn print(&self, json: bool) -> ExitCode {
        eprint_error(&self.reason);
        if json {
            return JsonVerdict::error(self.code, &self.reason).print();
        }
        self.code
    }

    /// Returns the exit code after a signal. With `json`, writes an object to standard output.
    pub(crate) fn interrupted(json: bool) -> ExitCode {
        match json {
            true => JsonVerdict::error(ExitCode::Interrupted, &"interrupted by a signal").print(),
            false => ExitCode::Interrupted,
        }
    }

    /// Returns the error of an async runtime that could not start.
    pub(crate) fn no_runtime(error: &io::Error) -> Self {
        let reason = format!("cannot start an async runtime: {error}");
        Self { reason, code: ExitCode::CouldNotStart }
    }

    /// Returns the error of a function in Python or JavaScript that cannot be started.
    pub(crate) fn of_handler(error: &HandlerError) -> Self {
        let code = match error {
            HandlerError::NoInterpreter { .. }
            | HandlerError::BrokenInterpreter { .. }
            | HandlerError::Temporary(_) => ExitCode::CouldNotStart,
            _ => ExitCode::BadUsage,
        };
        Self { reason: error.to_string(), code }
    }

    /// Returns the error of a store that cannot be reached or does not take objects.
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

impl From<HandlerError> for CommandError {
    fn from(error: HandlerError) -> Self {
        Self::of_handler(&error)
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
