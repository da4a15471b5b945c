use std::collections::BTreeMap;

use super::position_ranges::PositionRanges;
use crate::objects::ObjectContents;

/// The records of one object of a delivery stream, by their positions in the input.
#[derive(Debug, Default)]
pub(crate) struct ObjectSummary {
    /// The positions of the records.
    pub(crate) positions: PositionRanges,
    /// The number of failed records by error code; empty if the object holds data.
    pub(crate) failed: BTreeMap<&'static str, u64>,
}

/// The part of a record that an [`ObjectSummary`] keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SummarizedRecord {
    pub(crate) position: u64,
    /// The error code of a failed record.
    pub(crate) error_code: Option<&'static str>,
}

impl ObjectContents for ObjectSummary {
    type Record = SummarizedRecord;

    fn push(&mut self, record: SummarizedRecord) {
        self.positions.push(record.position);
        if let Some(code) = record.error_code {
            *self.failed.entry(code).or_default() += 1;
        }
    }

    fn records(&self) -> u64 {
        self.positions.records()
    }

    fn held(&self) -> u64 {
        self.positions.held()
    }
}
