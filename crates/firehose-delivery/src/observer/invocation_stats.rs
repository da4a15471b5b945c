use std::time::Duration;

use super::BatchSummary;

/// The counts of the invocations of a function, over all batches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InvocationStats {
    /// Invocations, including retries.
    pub count: u64,
    /// Invocations that ended in a function error.
    pub function_errors: u64,
    /// The sum of the times of all invocations, each from sending the event to its response.
    /// Invocations overlap, so the sum can exceed the time of the run.
    pub time: Duration,
    /// Answers to records that the batch did not contain.
    pub ignored_answers: u64,
    /// Records with an output whose answers have invalid `metadata`.
    pub misrouted_answers: u64,
    /// Violations of the contract: records that failed because of a missing or invalid answer,
    /// ignored answers, and answers with invalid `metadata`.
    pub contract_violations: u64,
    /// Batches that failed because all their invocations ended in function errors.
    pub lost_batches: u64,
}

impl InvocationStats {
    /// Adds the invocations of a batch.
    pub(crate) fn add(&mut self, batch: &BatchSummary) {
        self.count += u64::from(batch.attempts);
        self.function_errors += u64::from(batch.function_errors);
        self.time += batch.function_time;
        self.ignored_answers += batch.ignored_answers;
        self.misrouted_answers += batch.misrouted_answers;
        self.contract_violations += batch.contract_violations;
        self.lost_batches += u64::from(batch.is_lost());
    }

    /// Returns the time of all invocations in whole milliseconds, the unit of the summaries.
    pub(crate) fn milliseconds(&self) -> u64 {
        u64::try_from(self.time.as_millis()).unwrap_or(u64::MAX)
    }
}
