use super::{
    batch::Batch, catch_panic::drop_catching, record_result::RecordResult, result_sink::ResultSink,
};
use crate::{
    cause::{Cause, shortened},
    failure::Failure,
    report::Report,
};

/// A collector that counts the results of a batch in the report, and passes the results to a sink.
pub(super) struct ResultCollector<'a, B, S> {
    batch: &'a B,
    report: &'a mut Report,
    sink: &'a mut S,
    /// The index of the next record.
    next: usize,
    /// The bytes of all causes so far.
    cause_bytes: usize,
}

impl<'a, B: Batch, S: ResultSink> ResultCollector<'a, B, S> {
    pub(super) fn new(batch: &'a B, report: &'a mut Report, sink: &'a mut S) -> Self {
        Self { batch, report, sink, next: 0, cause_bytes: 0 }
    }

    /// Counts the payload of a record that was started.
    pub(super) fn count_input(&mut self, bytes: usize) {
        self.report.bytes_in += bytes;
    }

    /// Takes the result of the next record.
    pub(super) fn collect(&mut self, result: RecordResult) {
        let index = self.next;
        self.next += 1;
        match self.sink.push(index, &result) {
            Ok(()) => self.count(index, result),
            Err(cause) => {
                drop_catching(result);
                let failed = RecordResult::Failed(cause);
                // A sink keeps room for a failure of each record.
                let _ = self.sink.push(index, &failed);
                self.count(index, failed);
            }
        }
    }

    fn count(&mut self, index: usize, result: RecordResult) {
        match result {
            RecordResult::Ok(output) => {
                self.report.ok += 1;
                self.report.bytes_out += output.data().len();
                // `Bytes::from_owner` can hold a type of the transform, whose drop may panic.
                drop_catching(output);
            }
            RecordResult::Dropped => self.report.dropped += 1,
            RecordResult::Failed(cause) => self.add_failure(index, cause),
        }
    }

    fn add_failure(&mut self, index: usize, mut cause: Cause) {
        self.cause_bytes += cause.text.len();
        if self.cause_bytes > Failure::MAX_CAUSES_BYTES {
            cause.text = shortened(&cause.text, Failure::MAX_LATE_CAUSE_BYTES);
        }
        self.report.failures.push(self.batch.failure(index, cause));
    }
}
