use std::fmt;

use bytes::Bytes;
use firehose_runtime::async_trait;

use super::{error::InvokeError, failure_counts::FailureCounts};

/// A Lambda function: event bytes in, response bytes out. Several invocations may run at a time.
///
/// An implementation limits the time of each invocation. It may also limit the number of
/// invocations that run at a time. Callers handle batches, records and retries.
///
/// Each implementation passes the conformance test in `firehose-local/tests/function`.
#[async_trait]
pub trait Function: fmt::Debug + Send + Sync + 'static {
    /// Sends an event, and waits for the response.
    ///
    /// # Errors
    ///
    /// - [`InvokeError::Start`] if no function can receive the event.
    /// - [`InvokeError::Function`] if the function reports an error, ends, does not answer in time,
    ///   or answers with more bytes than Lambda allows.
    async fn invoke(&self, event: Bytes) -> Result<Bytes, InvokeError>;

    /// Returns the failures that the function has reported so far, without those of invocations
    /// that failed as a whole; `None` if the function reports its failures elsewhere. Default:
    /// `None`.
    fn failures(&self) -> Option<FailureCounts> {
        None
    }

    /// Ends the idle processes of the function, and waits for the rest of their logs. Default: does
    /// nothing.
    async fn end(&self) {}

    /// Ends the idle processes of the function, and waits for nothing. Default: does nothing.
    fn abandon(&self) {}
}
