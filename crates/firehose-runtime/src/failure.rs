use std::fmt;

use firehose_core::Source;

/// A record that was answered `ProcessingFailed`, with the cause.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// The position among the records of the event that have an id, from 0.
    pub index: usize,
    /// The `recordId`.
    pub record_id: String,
    /// The source of the record, with the sequence number or offset.
    pub source: Source,
    /// The kind of failure.
    pub kind: FailureKind,
    /// The error and its sources, joined by `: ` and cut at [`Failure::MAX_CAUSE_BYTES`].
    pub cause: String,
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// The payload is missing or not base64. The transform never saw the record.
    BadPayload,
    /// The transform returned `Err` or `ProcessingFailed`.
    Error,
    /// The transform panicked.
    Panic,
    /// The response had no room for the output.
    ResponseBudget,
    /// The invocation was about to reach its deadline.
    Deadline,
}

impl FailureKind {
    /// Returns the name in logs.
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
    /// The length in bytes at which a cause is cut, so that no error text floods the log. A cut
    /// cause ends with its original length.
    pub const MAX_CAUSE_BYTES: usize = 1024;

    /// The limit for the bytes of all causes of an event. Causes over this limit are cut to
    /// [`MAX_LATE_CAUSE_BYTES`](Self::MAX_LATE_CAUSE_BYTES), so that memory stays bounded.
    pub const MAX_CAUSES_BYTES: usize = 1024 * 1024;

    /// The length in bytes at which causes over [`MAX_CAUSES_BYTES`](Self::MAX_CAUSES_BYTES) are
    /// cut.
    pub const MAX_LATE_CAUSE_BYTES: usize = 64;
}
