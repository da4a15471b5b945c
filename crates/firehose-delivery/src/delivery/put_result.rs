use std::sync::Arc;

use crate::delivery_stream::StreamRecord;

/// The result of putting one record of the input into a stream.
#[derive(Debug)]
pub(crate) struct PutResult {
    /// The position of the record in the input, counted from 1.
    pub(crate) position: u64,
    /// The record, or the user records of an aggregate.
    pub(crate) records: Vec<Arc<StreamRecord>>,
    /// The reason why the stream refused the record as a whole or in part.
    pub(crate) refused: Option<String>,
}

impl PutResult {
    /// Returns the result of a record that the stream refused as a whole.
    pub(crate) fn refused(position: u64, reason: String) -> Self {
        Self { position, records: Vec::new(), refused: Some(reason) }
    }
}
