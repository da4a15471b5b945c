use std::{fmt, str};

/// An error for an event that is not a Firehose event, or that has too many records for any
/// response. No other error fails an invocation.
///
/// Lambda reports the error type `MalformedEvent`. The message names the fault and its place, and
/// shows no payload.
#[derive(Clone, PartialEq, Eq)]
pub struct MalformedEvent {
    message: String,
}

impl MalformedEvent {
    /// The error type that Lambda reports.
    pub const ERROR_TYPE: &str = "MalformedEvent";

    pub(crate) fn new(message: impl fmt::Display) -> Self {
        Self { message: format!("not a Firehose event: {message}") }
    }

    /// Returns the error for a Firehose event that no response can answer.
    pub(crate) fn unanswerable(reason: impl fmt::Display) -> Self {
        Self { message: format!("the event cannot be answered: {reason}") }
    }

    pub(super) fn not_utf8(error: &str::Utf8Error) -> Self {
        Self::new(format_args!("not UTF-8 at byte {}", error.valid_up_to()))
    }
}

impl fmt::Display for MalformedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Formats like `Display`, because `lambda_runtime` logs the `Debug` form.
impl fmt::Debug for MalformedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for MalformedEvent {}
