use std::sync::Arc;

use bytes::Bytes;

use crate::delivery_stream::StreamRecord;

/// A failed record that a replay processes.
#[derive(Clone, Debug)]
pub(super) struct FailedRecord {
    /// The record, with the data of its error line.
    pub(super) record: Arc<StreamRecord>,
    /// The error line of the record, if the file of remaining records may need it.
    pub(super) line: Option<Bytes>,
    /// The error code in the error line.
    pub(super) error_code: Arc<str>,
    /// `true` if the record failed after the function, and is delivered unchanged.
    pub(super) is_output: bool,
}

impl FailedRecord {
    /// The estimated memory of a record besides its data, in bytes: ids, pointers and lengths.
    const OVERHEAD: usize = 512;

    /// Returns the approximate size in memory, in bytes.
    pub(super) fn held(&self) -> u64 {
        let line = self.line.as_ref().map_or(0, Bytes::len);
        let processed = self.record.processed.as_ref().map_or(0, |processed| processed.data.len());
        (self.record.data.len() + processed + line + Self::OVERHEAD) as u64
    }
}
