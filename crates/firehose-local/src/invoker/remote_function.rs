use std::time::Duration;

use bytes::Bytes;
use firehose_runtime::async_trait;
use reqwest::Url;

use super::Invoker;
use crate::{InvokeError, remote};

/// A function that runs already, under `cargo lambda watch` or AWS's emulator.
#[derive(Debug)]
pub(crate) struct RemoteFunction {
    url: Url,
    limit: Duration,
}

impl RemoteFunction {
    pub(crate) fn new(url: Url, limit: Duration) -> Self {
        Self { url, limit }
    }
}

#[async_trait]
impl Invoker for RemoteFunction {
    async fn invoke(&self, event: Bytes) -> Result<Bytes, InvokeError> {
        remote::invoke(&self.url, event, self.limit).await
    }
}
