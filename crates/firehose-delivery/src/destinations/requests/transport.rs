use std::{fmt, time::Duration};

use firehose_runtime::async_trait;
use tokio::time::timeout;

use super::http_request::{HttpReply, HttpRequest};

/// The transport to an endpoint: sends a request, and receives the response.
#[async_trait]
pub(super) trait Transport: fmt::Debug + Send + Sync {
    /// Sends a request, and waits for the whole response.
    ///
    /// # Errors
    ///
    /// If the connection fails, or the response is incomplete.
    async fn post(&self, request: HttpRequest) -> Result<HttpReply, TransportError>;
}

/// The reason why a request has no response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TransportError {
    /// No connection.
    Connect(String),
    /// No TLS connection.
    Tls(String),
    /// The endpoint did not respond in time.
    TimedOut(Duration),
    /// The endpoint closed the connection before the end of its response.
    Closed(String),
    /// The response is longer than this number of bytes.
    TooLong(usize),
    /// The value of the header with this name has a character that is not allowed, such as a
    /// newline. The request was not sent.
    Header(&'static str),
}

/// Sends a request, and waits for the response no longer than `limit`.
pub(super) async fn post_within(
    transport: &dyn Transport,
    request: HttpRequest,
    limit: Duration,
) -> Result<HttpReply, TransportError> {
    timeout(limit, transport.post(request)).await.unwrap_or(Err(TransportError::TimedOut(limit)))
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(reason) => write!(f, "no connection: {reason}"),
            Self::Tls(reason) => write!(f, "no TLS connection: {reason}"),
            Self::TimedOut(limit) => write!(f, "no response within {} s", limit.as_secs()),
            Self::Closed(reason) => write!(f, "the connection was closed: {reason}"),
            Self::Header(name) => {
                write!(f, "the value of the header {name} has a character that is not allowed")
            }
            Self::TooLong(limit) => write!(f, "the response is longer than {limit} bytes"),
        }
    }
}
