use std::sync::Arc;

use crate::function::{FailureCounts, Function};

/// The function of a delivery stream.
///
/// Two delivery streams that invoke the same function have a `StreamFunction` each: they do not
/// wait for each other, and their failures are counted separately.
#[derive(Clone, Debug)]
pub struct StreamFunction {
    function: Arc<dyn Function>,
    limited_by_firehose: bool,
}

impl StreamFunction {
    /// Returns a function that the delivery stream invokes and ends.
    pub fn new(function: Arc<dyn Function>) -> Self {
        Self { function, limited_by_firehose: false }
    }

    /// Tells the run whether the timeout of the function is longer than the five minutes that
    /// Firehose waits. If so, a late answer has the error code of Firehose's limit. Default:
    /// `false`.
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

    /// Returns the failures that the function has reported; `None` if the function reports its
    /// failures elsewhere.
    pub(crate) fn failures(&self) -> Option<FailureCounts> {
        self.function.failures()
    }

    /// Ends the idle processes of the function, and waits for the rest of their logs.
    pub(crate) async fn end(&self) {
        self.function.end().await;
    }

    /// Ends the idle processes of the function, and waits for nothing.
    pub(super) fn abandon(&self) {
        self.function.abandon();
    }
}
