use std::{sync::Arc, time::Duration};

use jiff::Timestamp;

use crate::{
    delivery_stream::{Answers, DeliveryFailure, RecordOutcome, StreamRecord},
    observer::BatchSummary,
};

/// A batch whose records all have an outcome.
#[derive(Debug)]
pub(crate) struct ProcessedBatch {
    /// The records.
    pub(crate) records: Vec<Arc<StreamRecord>>,
    /// The outcomes, in the order of the records.
    pub(crate) answers: Answers,
    /// The number of invocations; 0 if the event is larger than Lambda accepts.
    pub(crate) attempts: u32,
    /// The number of invocations that ended in a function error.
    pub(crate) function_errors: u32,
    /// The sum of the times of all invocations, each from sending the event to its response.
    pub(crate) function_time: Duration,
    /// The end of the last invocation.
    pub(crate) ended: Timestamp,
}

impl ProcessedBatch {
    /// Returns the counts of the batch.
    pub(crate) fn summary(&self) -> BatchSummary {
        let mut summary = BatchSummary {
            records: self.records.len() as u64,
            contract_violations: self.answers.ignored + self.answers.misrouted,
            ignored_answers: self.answers.ignored,
            misrouted_answers: self.answers.misrouted,
            attempts: self.attempts,
            function_errors: self.function_errors,
            function_time: self.function_time,
            ..BatchSummary::default()
        };
        for outcome in &self.answers.outcomes {
            *match outcome {
                RecordOutcome::Ok { .. } => &mut summary.ok,
                RecordOutcome::Dropped => &mut summary.dropped,
                RecordOutcome::Failed(_) => &mut summary.failed,
            } += 1;
            summary.contract_violations += u64::from(breaks_contract(outcome));
        }
        summary
    }
}

/// Returns `true` if a record failed because its answer breaks Firehose's contract.
fn breaks_contract(outcome: &RecordOutcome) -> bool {
    use DeliveryFailure::{
        DuplicatedRecordId, InvalidData, InvalidPartitionKey, InvalidResponse, InvalidResult,
        MissingData, MissingRecordId,
    };
    matches!(
        outcome,
        RecordOutcome::Failed(
            MissingRecordId
                | DuplicatedRecordId
                | MissingData
                | InvalidPartitionKey
                | InvalidResult
                | InvalidData
                | InvalidResponse
        )
    )
}
