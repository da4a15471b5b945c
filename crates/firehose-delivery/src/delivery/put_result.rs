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
    /// `true` if the record was not put, because its position is not one of the
    /// [`WantedPositions`](super::WantedPositions) of any delivery stream.
    pub(crate) is_skipped: bool,
}

impl PutResult {
    /// Returns the result of a record that the stream refused as a whole.
    pub(crate) fn refused(position: u64, reason: String) -> Self {
        Self { refused: Some(reason), ..Self::taken(position, Vec::new()) }
    }

    /// Returns the result of a record that the stream took as a whole.
    pub(crate) fn taken(position: u64, records: Vec<Arc<StreamRecord>>) -> Self {
        Self { position, records, refused: None, is_skipped: false }
    }

    /// Returns the result of a record that was not put, because no delivery stream wants its
    /// position.
    pub(crate) fn skipped(position: u64) -> Self {
        Self { is_skipped: true, ..Self::taken(position, Vec::new()) }
    }
}
