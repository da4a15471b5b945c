//! What takes events and answers them: a pool of processes, or a function at a URL.

mod log_file;
mod log_tail;
mod pool;
mod remote_function;

use std::fmt;

use bytes::Bytes;
use firehose_runtime::async_trait;

use crate::error::InvokeError;

pub use log_tail::LogTail;
pub use pool::{FunctionPool, LogTo};
pub use remote_function::RemoteFunction;

/// A Lambda function, of which several invocations may run at a time.
#[async_trait]
pub trait Invoker: fmt::Debug + Send + Sync + 'static {
    /// Sends an event, and waits for the response.
    async fn invoke(&self, event: Bytes) -> Result<Bytes, InvokeError>;
}
