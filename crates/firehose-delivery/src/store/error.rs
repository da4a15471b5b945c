use std::{error, fmt, time::Duration};

use super::{error_cause::ErrorCause, error_kind::StoreErrorKind};

/// An error of a store, in one line: the action, the location, the cause, and advice.
///
/// The message holds no credentials. It quotes only the status, the code and the message of a
/// server's answer. It names environment variables, but no command-line options: a command adds
/// options by the [`kind`](Self::kind) of the error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    kind: StoreErrorKind,
    message: String,
}

impl StoreError {
    pub(crate) fn new(kind: StoreErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// Returns the error of an `action`, such as "cannot write x", with the cause that `error`
    /// gives.
    pub(super) fn of(action: &str, error: &(dyn error::Error + 'static)) -> Self {
        let ErrorCause { kind, text, advice } = ErrorCause::of(error);
        let advice = if advice.is_empty() { String::new() } else { format!("; {advice}") };
        Self::new(kind, format!("{action}: {text}{advice}"))
    }

    /// Returns the error for the path of a folder, where a bad key means a bad location.
    pub(super) fn in_location(self) -> Self {
        match self.kind {
            StoreErrorKind::BadKey => Self { kind: StoreErrorKind::BadLocation, ..self },
            _ => self,
        }
    }

    pub(super) fn timed_out(action: &str, after: Duration) -> Self {
        let seconds = after.as_secs_f64();
        Self::new(StoreErrorKind::TimedOut, format!("{action} within {seconds} s"))
    }

    /// Returns the kind of the error.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl error::Error for StoreError {}
