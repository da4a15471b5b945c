use bytes::Bytes;

use crate::report::Report;

/// The response to one event, with a report on its records.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The response: JSON text, in UTF-8.
    pub response: Bytes,
    /// The counts and failures of the records.
    pub report: Report,
}
