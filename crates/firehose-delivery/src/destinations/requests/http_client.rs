use std::{error::Error, fmt, net::IpAddr};

use bytes::BytesMut;
use firehose_runtime::{async_trait, error_chain};
use reqwest::{
    Client, Response, Url,
    header::{self, HeaderValue},
    redirect,
};

use super::{
    http_request::{HttpReply, HttpRequest},
    transport::{Transport, TransportError},
};
use crate::store::install_provider;

/// The client for all requests to an endpoint. Like Firehose, the client follows no redirects:
/// <https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html>.
pub(super) struct HttpClient {
    client: Client,
    /// The longest response, in bytes.
    max_reply: usize,
}

impl HttpClient {
    /// The value of `User-Agent` that receivers of Firehose's requests observed. AWS does not
    /// document it.
    const USER_AGENT: &str = "Amazon Kinesis Data Firehose Agent/1.0";

    /// Creates a client for an endpoint. A response may have at most `max_reply` bytes.
    ///
    /// # Errors
    ///
    /// If the system has no root certificates for `https`.
    pub(super) fn new(endpoint: &Url, max_reply: usize) -> Result<Self, String> {
        install_provider();
        let mut builder =
            Client::builder().redirect(redirect::Policy::none()).user_agent(Self::USER_AGENT);
        if is_local(endpoint) {
            // A proxy cannot reach an endpoint on this machine.
            builder = builder.no_proxy();
        }
        if endpoint.scheme() == "http" {
            builder = builder.tls_certs_only([]);
        }
        let client = builder.build().map_err(|error| error_chain(&error))?;
        Ok(Self { client, max_reply })
    }
}

#[async_trait]
impl Transport for HttpClient {
    async fn post(&self, request: HttpRequest) -> Result<HttpReply, TransportError> {
        let HttpRequest { url, headers, body } = request;
        let mut builder = self.client.post(url);
        for (name, value) in headers {
            let mut value = HeaderValue::from_bytes(value.as_bytes())
                .map_err(|_| TransportError::Header(name))?;
            value.set_sensitive(true);
            builder = builder.header(name, value);
        }
        let response = builder.body(body).send().await.map_err(failure)?;
        self.read(response).await
    }
}

impl HttpClient {
    async fn read(&self, mut response: Response) -> Result<HttpReply, TransportError> {
        let headers = response.headers();
        let content_type = headers.get(header::CONTENT_TYPE);
        let mut reply = HttpReply {
            status: response.status().as_u16(),
            content_type: content_type
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
            is_encoded: headers.contains_key(header::CONTENT_ENCODING),
            has_length: headers.contains_key(header::CONTENT_LENGTH),
            ..HttpReply::default()
        };
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(failure)? {
            if body.len() + chunk.len() > self.max_reply {
                return Err(TransportError::TooLong(self.max_reply));
            }
            body.extend_from_slice(&chunk);
        }
        reply.body = body.freeze();
        Ok(reply)
    }
}

/// Returns the error without the URL, which can hold credentials.
fn failure(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    let reason = error_chain(&error);
    match () {
        () if error.is_connect() && is_tls(&error) => TransportError::Tls(reason),
        () if error.is_connect() => TransportError::Connect(reason),
        () => TransportError::Closed(reason),
    }
}

/// Returns `true` if TLS caused the error.
fn is_tls(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let inner = inner.map(|inner| inner as &(dyn Error + 'static));
        if [Some(error), inner].into_iter().flatten().any(|it| it.is::<rustls::Error>()) {
            return true;
        }
        cause = inner.or_else(|| error.source());
    }
    false
}

/// Returns `true` if the endpoint is on this machine.
fn is_local(endpoint: &Url) -> bool {
    let host = endpoint.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient").field("max_reply", &self.max_reply).finish_non_exhaustive()
    }
}
