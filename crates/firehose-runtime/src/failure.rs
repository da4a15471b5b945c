use std::fmt;

use firehose_core::{BoxError, Source};

/// One record that was answered `ProcessingFailed`, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// Which of the event's records that have an id it is, from 0.
    pub index: usize,
    /// The `recordId`.
    pub record_id: String,
    /// Where the record comes from, with its sequence number or offset there.
    pub source: Source,
    /// What kind of failure it is.
    pub kind: FailureKind,
    /// The error and its sources, joined by `: `, at most [`Failure::MAX_CAUSE_BYTES`] long.
    pub cause: String,
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// The payload is missing or not base64; the transform never saw the record.
    BadPayload,
    /// The transform returned `Err` or `ProcessingFailed`.
    Error,
    /// The transform panicked.
    Panic,
    /// There was no room for the output in the response.
    ResponseBudget,
    /// The invocation was about to end.
    Deadline,
}

impl FailureKind {
    /// The name in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadPayload => "bad-payload",
            Self::Error => "error",
            Self::Panic => "panic",
            Self::ResponseBudget => "response-budget",
            Self::Deadline => "deadline",
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Failure {
    /// Causes are cut to this length, so that no error text can flood the log.
    pub const MAX_CAUSE_BYTES: usize = 1024;

    /// Once the causes of an event are longer than this together, further ones are cut to
    /// [`MAX_LATE_CAUSE_BYTES`](Self::MAX_LATE_CAUSE_BYTES), so that memory stays in bounds.
    pub const MAX_CAUSES_BYTES: usize = 1024 * 1024;

    /// See [`MAX_CAUSES_BYTES`](Self::MAX_CAUSES_BYTES).
    pub const MAX_LATE_CAUSE_BYTES: usize = 64;
}

/// A kind and a cause, of a record whose id is known elsewhere.
#[derive(Debug)]
pub(crate) struct Cause {
    pub(crate) kind: FailureKind,
    pub(crate) text: String,
}

impl Cause {
    pub(crate) fn new(kind: FailureKind, text: &str) -> Self {
        Self { kind, text: shortened(text, Failure::MAX_CAUSE_BYTES) }
    }

    pub(crate) fn error(error: &BoxError) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        // A chain of sources can be a loop, by mistake of whoever wrote the error.
        while let Some(cause) = source.filter(|_| text.len() < Failure::MAX_CAUSE_BYTES) {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        Self::new(FailureKind::Error, &text)
    }
}

/// At most the first `limit` bytes, cut between characters and marked as cut.
pub(crate) fn shortened(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    format!("{}… ({} bytes)", &text[..text.floor_char_boundary(limit)], text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Layer(&'static str, Option<Box<Self>>);

    impl fmt::Display for Layer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl std::error::Error for Layer {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            self.1.as_deref().map(|inner| inner as _)
        }
    }

    #[derive(Debug)]
    struct Endless;

    impl fmt::Display for Endless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("again")
        }
    }

    impl std::error::Error for Endless {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&Self)
        }
    }

    #[test]
    fn a_cause_shows_the_whole_chain() {
        let chain = Layer("look-up failed", Some(Box::new(Layer("connection refused", None))));
        assert_eq!(Cause::error(&chain.into()).text, "look-up failed: connection refused");
    }

    #[test]
    fn a_cause_has_an_end() {
        assert!(Cause::error(&Endless.into()).text.len() < 1100);
        let long = Cause::error(&"é".repeat(5000).into()).text;
        assert!(long.ends_with("é… (10000 bytes)"), "{long}");
    }
}
