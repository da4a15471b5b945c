use std::sync::Arc;

use crate::function::{CauseCounts, Function, ProcessPool};

/// The function of a delivery stream.
///
/// Two delivery streams that invoke the same function have a `StreamFunction` each: they do not
/// wait for each other, and their failures are counted separately.
#[derive(Clone, Debug)]
pub struct StreamFunction {
    function: Arc<dyn Function>,
    /// The processes of the function; `None` if the function and its log are outside of the run.
    pool: Option<Arc<ProcessPool>>,
    firehose_gives_up: bool,
}

impl StreamFunction {
    /// Returns a function whose processes and log belong to the run.
    pub fn of_processes(pool: Arc<ProcessPool>) -> Self {
        let function: Arc<dyn Function> = Arc::<ProcessPool>::clone(&pool);
        Self { function, pool: Some(pool), firehose_gives_up: false }
    }

    /// Returns a function that runs outside of the run: behind a URL, or in this process.
    pub fn of_other(function: Arc<dyn Function>) -> Self {
        Self { function, pool: None, firehose_gives_up: false }
    }

    /// Sets `true` if Firehose gives up on a late answer after five minutes, before Lambda does.
    /// Default: `false`.
    #[must_use]
    pub fn firehose_gives_up(mut self, firehose_gives_up: bool) -> Self {
        self.firehose_gives_up = firehose_gives_up;
        self
    }

    pub(crate) fn function(&self) -> Arc<dyn Function> {
        Arc::clone(&self.function)
    }

    pub(crate) fn gives_up_first(&self) -> bool {
        self.firehose_gives_up
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
