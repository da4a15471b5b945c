use std::sync::Arc;

use crate::function::{CauseCounts, Function, ProcessPool};

/// The function of a delivery stream.
///
/// Two delivery streams that invoke the same function have a `StreamFunction` each: they do not
/// wait for each other, and their failures are counted separately.
#[derive(Clone, Debug)]
pub struct StreamFunction {
    function: Arc<dyn Function>,
    /// The processes of the function. `None` if the run does not start processes for it and cannot
    /// read its log.
    pool: Option<Arc<ProcessPool>>,
    limited_by_firehose: bool,
}

impl StreamFunction {
    /// Returns a function whose processes and log belong to the run.
    pub fn from_pool(pool: Arc<ProcessPool>) -> Self {
        let function: Arc<dyn Function> = Arc::<ProcessPool>::clone(&pool);
        Self { function, pool: Some(pool), limited_by_firehose: false }
    }

    /// Returns a function for which the run starts no processes: a function behind a URL, or in
    /// this process.
    pub fn without_pool(function: Arc<dyn Function>) -> Self {
        Self { function, pool: None, limited_by_firehose: false }
    }

    /// Sets `true` if the timeout of the function is longer than the five minutes that Firehose
    /// waits. A late answer then has the error code of Firehose's limit. Default: `false`.
    #[must_use]
    pub fn limited_by_firehose(mut self, limited_by_firehose: bool) -> Self {
        self.limited_by_firehose = limited_by_firehose;
        self
    }

    pub(crate) fn function(&self) -> Arc<dyn Function> {
        Arc::clone(&self.function)
    }

    pub(crate) fn is_limited_by_firehose(&self) -> bool {
        self.limited_by_firehose
    }

    /// Returns the causes of failed records in the log, if the run has the log.
    pub(crate) fn causes(&self) -> Option<CauseCounts> {
        self.pool.as_ref().map(|pool| pool.causes())
    }

    /// Ends the idle processes, and waits for the rest of their logs.
    pub(crate) async fn end(&self) {
        if let Some(pool) = &self.pool {
            pool.end().await;
        }
    }

    /// Ends the idle processes at once.
    pub(super) fn abandon(&self) {
        if let Some(pool) = &self.pool {
            pool.abandon();
        }
    }
}
