use std::time::Duration;

/// The result of one batch: the outcomes of its records and the invocations that it took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchSummary {
    /// The number of records in the batch.
    pub records: u64,
    /// Records with an output.
    pub ok: u64,
    /// Records that the function dropped.
    pub dropped: u64,
    /// Records that failed, for any reason.
    pub failed: u64,
    /// Violations of the contract: records that failed because of a missing or invalid answer,
    /// ignored answers, and answers with invalid `metadata`.
    pub contract_violations: u64,
    /// Answers to records that the batch did not contain.
    pub ignored_answers: u64,
    /// Records with an output whose answers have invalid `metadata`.
    pub misrouted_answers: u64,
    /// Invocations, including retries after a function error.
    pub attempts: u32,
    /// Invocations that ended in a function error.
    pub function_errors: u32,
    /// The time from sending each event to its response, over all attempts.
    pub function_time: Duration,
}

impl BatchSummary {
    /// Returns `true` if every invocation of the batch ended in a function error.
    pub fn is_lost(&self) -> bool {
        self.attempts > 0 && self.function_errors == self.attempts
    }
}
