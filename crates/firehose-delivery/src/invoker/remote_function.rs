use std::time::Duration;

use bytes::Bytes;
use firehose_runtime::async_trait;
use reqwest::Url;
use tokio::{net::TcpStream, time::timeout};

use super::Invoker;
use crate::{
    error::{InvokeError, StartError},
    remote,
};

/// A function that runs already, under `cargo lambda watch` or AWS's emulator.
#[derive(Debug)]
pub struct RemoteFunction {
    url: Url,
    limit: Duration,
}

impl RemoteFunction {
    pub fn new(url: Url, limit: Duration) -> Self {
        Self { url, limit }
    }

    /// Whether anything listens there. A connection says so, and is no invocation yet.
    pub async fn reach(&self) -> Result<(), StartError> {
        let unreachable =
            |reason: String| StartError::Unreachable { url: remote::shown(&self.url), reason };
        let addresses = self.url.socket_addrs(|| None);
        let addresses = addresses.map_err(|error| unreachable(error.to_string()))?;
        match timeout(self.limit, TcpStream::connect(addresses.as_slice())).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(unreachable(error.to_string())),
            Err(_) => Err(unreachable("no connection in time".to_owned())),
        }
    }
}

#[async_trait]
impl Invoker for RemoteFunction {
    async fn invoke(&self, event: Bytes) -> Result<Bytes, InvokeError> {
        remote::invoke(&self.url, event, self.limit).await
    }
}
