use std::time::Duration;

use bytes::{Bytes, BytesMut};
use firehose_runtime::{async_trait, contract::MAX_RESPONSE_BYTES, error_chain};
use reqwest::{Client, Response, StatusCode, Url, header, redirect};
use serde_json::Value;
use tokio::{net::TcpStream, time::timeout};

use super::{
    error::{FunctionError, InvokeError, StartError},
    failure_place::failure_place,
    function_trait::Function,
};
use crate::store::install_provider;

/// The largest number of bytes that are read from a body. A valid response has at most 6 MB.
const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;

/// A function that is already running under `cargo lambda watch` or AWS's Lambda runtime interface
/// emulator.
#[derive(Debug)]
pub struct UrlFunction {
    url: Url,
    limit: Duration,
}

impl UrlFunction {
    /// Creates a function that listens at `url` and may take `limit` for an invocation.
    pub fn new(url: Url, limit: Duration) -> Self {
        Self { url, limit }
    }

    /// Checks that something listens at the URL, without an invocation.
    ///
    /// # Errors
    ///
    /// If nothing listens at the URL.
    pub async fn reach(&self) -> Result<(), StartError> {
        let unreachable =
            |reason: String| StartError::Unreachable { url: shown(&self.url), reason };
        let addresses = self.url.socket_addrs(|| None);
        let addresses = addresses.map_err(|error| unreachable(error.to_string()))?;
        match timeout(self.limit, TcpStream::connect(addresses.as_slice())).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(unreachable(error.to_string())),
            Err(_) => Err(unreachable("no connection within the time limit".to_owned())),
        }
    }
}

#[async_trait]
impl Function for UrlFunction {
    async fn invoke(&self, event: Bytes) -> Result<Bytes, InvokeError> {
        timeout(self.limit, post(&self.url, event))
            .await
            .unwrap_or(Err(FunctionError::TimedOut(self.limit).into()))
    }
}

async fn post(url: &Url, event: Bytes) -> Result<Bytes, InvokeError> {
    let unreachable = |error: reqwest::Error| StartError::Unreachable {
        url: shown(url),
        reason: error_chain(&error.without_url()),
    };
    install_provider();
    // The function runs on or near this machine, so proxies are ignored. The URL is `http`, so no
    // root certificates are needed.
    let client =
        Client::builder().no_proxy().redirect(redirect::Policy::none()).tls_certs_only([]).build();
    let request = client.map_err(unreachable)?.post(url.clone());
    let request = request.header(header::CONTENT_TYPE, "application/json").body(event);
    let response = request.send().await.map_err(|error| {
        if error.is_connect() {
            InvokeError::Start(unreachable(error))
        } else {
            FunctionError::Disconnected(error_chain(&error.without_url())).into()
        }
    })?;
    let status = response.status();
    if status == StatusCode::NOT_FOUND {
        let message = String::from_utf8_lossy(&read(response).await?).into_owned();
        let reason = format!("the function does not exist (HTTP {status}): {message}");
        return Err(StartError::Unreachable { url: shown(url), reason }.into());
    }
    let is_error = !status.is_success() || response.headers().contains_key("x-amz-function-error");
    let body = read(response).await?;
    match reported(&body) {
        Some(error) => Err(error.into()),
        None if is_error => {
            let message = match body.as_ref() {
                [] => "no message".to_owned(),
                body => String::from_utf8_lossy(body).into_owned(),
            };
            Err(FunctionError::reported(format!("HTTP {status}"), message).into())
        }
        None if body.len() > MAX_RESPONSE_BYTES => {
            Err(FunctionError::ResponseTooLarge { bytes: body.len() }.into())
        }
        None => Ok(body),
    }
}

async fn read(mut response: Response) -> Result<Bytes, FunctionError> {
    let mut body = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > MAX_BODY_BYTES => {
                let bytes = body.len() + chunk.len();
                return Err(FunctionError::ResponseTooLarge { bytes });
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body.freeze()),
            Err(error) => {
                return Err(FunctionError::Disconnected(error_chain(&error.without_url())));
            }
        }
    }
}

/// Returns the error in a body. The emulator answers function errors with status 200, so the status
/// does not reveal them. A body with `records` is a response.
fn reported(body: &[u8]) -> Option<FunctionError> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let is_report = body.get("errorType").is_some() || body.get("errorMessage").is_some();
    (is_report && body.get("records").is_none()).then(|| FunctionError::Reported {
        error_type: text("errorType"),
        message: text("errorMessage"),
        place: failure_place(&body),
    })
}

/// Returns the URL without user name and password.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // These methods fail only for a URL that cannot have a password.
    let _ = url.set_username("").and_then(|()| url.set_password(None));
    url.to_string()
}
