use super::deadline::Deadline;

/// The limits for the records of one batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BatchLimits {
    /// The maximum number of records that are started and not finished, at least 1.
    pub(crate) concurrency: usize,
    /// The maximum number of threads, at least 1.
    pub(crate) threads: usize,
    pub(crate) deadline: Deadline,
}
