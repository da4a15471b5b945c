use firehose_core::Record;

use crate::{cause::Cause, failure::Failure};

/// The records of an event that can be answered, independent of the event's format.
pub(crate) trait Batch: Sync {
    /// Returns the number of records.
    fn len(&self) -> usize;

    /// Estimates the bytes of a record's payload.
    fn payload_bytes(&self, index: usize) -> usize;

    /// Decodes a record.
    fn record(&self, index: usize) -> Result<Record, Cause>;

    /// Describes the failure of a record for the report.
    fn failure(&self, index: usize, cause: Cause) -> Failure;
}
