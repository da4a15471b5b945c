use std::task::Context;

use firehose_core::Transform;

use super::{
    batch::Batch,
    deadline::Deadline,
    record_result::RecordResult,
    running_transform::{RunningTransform, StartedRecord},
};
use crate::cause::Cause;

/// A starter of the records of a batch, for any thread.
pub(super) struct RecordStarter<'a, T, B> {
    transform: &'a T,
    batch: &'a B,
    deadline: Deadline,
}

impl<'a, T: Transform, B: Batch> RecordStarter<'a, T, B> {
    pub(super) fn new(transform: &'a T, batch: &'a B, deadline: Deadline) -> Self {
        Self { transform, batch, deadline }
    }

    /// Starts a record, and finishes the record if its transform does not wait for anything.
    pub(super) fn start(&self, index: usize, context: &mut Context<'_>) -> StartedRecord<'a> {
        if self.deadline.is_past() {
            return failed(Deadline::not_started());
        }
        match self.batch.record(index) {
            Ok(record) => RunningTransform::start(self.transform, record, context),
            Err(cause) => failed(cause),
        }
    }
}

/// Returns the failure of a record that does not reach the transform.
fn failed<'a>(cause: Cause) -> StartedRecord<'a> {
    StartedRecord::Finished { bytes_in: 0, result: RecordResult::Failed(cause) }
}
