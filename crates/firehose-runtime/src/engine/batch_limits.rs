use super::deadline::Deadline;

/// The limits for the records of one batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BatchLimits {
    /// The most records that are started and not finished at a time, at least 1.
    pub(crate) concurrency: usize,
    /// The most threads, at least 1.
    pub(crate) threads: usize,
    pub(crate) deadline: Deadline,
}
