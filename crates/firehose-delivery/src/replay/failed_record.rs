use std::sync::Arc;

use bytes::Bytes;

use crate::delivery_stream::StreamRecord;

/// A failed record on its way through the function once more.
#[derive(Clone, Debug)]
pub(super) struct FailedRecord {
    pub record: Arc<StreamRecord>,
    /// The line that it came from, if it may be wanted again.
    pub line: Option<Bytes>,
    /// The error code that it had failed with.
    pub before: Arc<str>,
}

impl FailedRecord {
    /// What it takes in memory besides its bytes: ids, pointers, lengths. An estimate.
    const OVERHEAD: usize = 512;

    /// What it takes in memory.
    pub(super) fn held(&self) -> u64 {
        let line = self.line.as_ref().map_or(0, Bytes::len);
        (self.record.data.len() + line + Self::OVERHEAD) as u64
    }
}
