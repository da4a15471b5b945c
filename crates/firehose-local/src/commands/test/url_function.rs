use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use firehose_fixtures::{FixtureFunction, FunctionAnswer};
use firehose_runtime::async_trait;

use super::super::invocation_log::failed_ids;
use crate::hint::with_hint;
use firehose_delivery::function::{Function, FunctionError, InvokeError, UrlFunction};

/// A function at a URL, whose log is not available.
#[derive(Debug)]
pub(super) struct RemoteFunction {
    pub(super) function: UrlFunction,
    /// The number of failed records. Their causes are unknown.
    pub(super) unexplained: Arc<AtomicU64>,
}

#[async_trait]
impl FixtureFunction for RemoteFunction {
    async fn answer(&self, event: String) -> Result<FunctionAnswer, String> {
        match self.function.invoke(event.into()).await {
            Ok(response) => {
                let failed = failed_ids(&response).len() as u64;
                self.unexplained.fetch_add(failed, Ordering::Relaxed);
                Ok(FunctionAnswer::Response { response, causes: Vec::new() })
            }
            Err(InvokeError::Function(FunctionError::Reported { error_type, message, .. })) => {
                let error = if message.is_empty() { error_type } else { message };
                Ok(FunctionAnswer::Rejected(error))
            }
            Err(error) => Err(with_hint(&error)),
        }
    }
}
