use std::time::Duration;

use bytes::Bytes;
use firehose_runtime::{Answer, Handler, MalformedEvent, Transform};
use tokio::runtime;

use super::error::FunctionError;

/// The work of a function that runs in this process.
pub trait EventHandler: Send + Sync + 'static {
    /// Answers an event. Each call has a thread of its own, so a call may block.
    ///
    /// A call that takes longer than `limit` has failed. Its answer is not used.
    ///
    /// # Errors
    ///
    /// If the event as a whole has no answer.
    fn answer(&self, event: Bytes, limit: Duration) -> Result<Answer, FunctionError>;
}

/// Runs a transform as the Lambda runtime does, with a deadline.
impl<T: Transform> EventHandler for Handler<T> {
    fn answer(&self, event: Bytes, limit: Duration) -> Result<Answer, FunctionError> {
        let runtime = runtime::Builder::new_current_thread().enable_time().build();
        let runtime =
            runtime.map_err(|error| FunctionError::reported("AsyncRuntime", error.to_string()))?;
        let answer = runtime.block_on(self.answer_within(event, limit));
        answer
            .map_err(|error| FunctionError::reported(MalformedEvent::ERROR_TYPE, error.to_string()))
    }
}
