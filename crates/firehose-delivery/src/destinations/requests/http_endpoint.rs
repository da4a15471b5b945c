use std::{io::Write, sync::Arc, time::Duration};

use bytes::Bytes;
use firehose_runtime::{async_trait, base64_codec::push_base64};
use flate2::{Compression, write::GzEncoder};
use reqwest::Url;
use serde_json::json;

use super::{
    http_endpoint_reply::check_reply,
    http_request::HttpRequest,
    request_batch::RequestBatch,
    request_protocol::{Attempt, AttemptFailure, RequestProtocol},
    retry_policy::RetryPolicy,
    transport::{Transport, TransportError, post_within},
};
use crate::{
    aws_names::delivery_stream_arn,
    delivery_stream::{
        DestinationFields, DestinationKind, HttpEndpointConfig, HttpEndpointFailure, StreamRecord,
    },
    now::now,
};

/// The protocol of an HTTP endpoint:
/// <https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html>.
#[derive(Debug)]
pub(super) struct HttpEndpoint {
    url: Url,
    config: HttpEndpointConfig,
    /// The ARN of the delivery stream.
    arn: String,
    /// The value of the header with the common attributes, if there are any.
    common_attributes: Option<String>,
    transport: Arc<dyn Transport>,
}

impl HttpEndpoint {
    /// The time in which the endpoint must respond.
    const TIMEOUT: Duration = Duration::from_secs(180);

    /// The longest response, 1 MiB.
    pub(super) const MAX_REPLY: usize = 1024 * 1024;

    /// Creates the protocol for a delivery stream of this name.
    pub(super) fn new(
        stream: &str,
        config: HttpEndpointConfig,
        url: Url,
        transport: Arc<dyn Transport>,
    ) -> Self {
        let attributes = &config.common_attributes;
        let common_attributes = (!attributes.is_empty()).then(|| {
            let attributes: serde_json::Map<_, _> =
                attributes.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            json!({ "commonAttributes": attributes }).to_string()
        });
        let arn = delivery_stream_arn(stream);
        Self { url, config, arn, common_attributes, transport }
    }

    fn request(&self, batch: &RequestBatch, pending: &[usize]) -> HttpRequest {
        let id = batch.id.to_string();
        let records = pending.iter().filter_map(|index| batch.records.get(*index));
        let body = body(&id, records);
        let mut headers = vec![
            ("Content-Type", "application/json".to_owned()),
            ("X-Amz-Firehose-Protocol-Version", "1.0".to_owned()),
            ("X-Amz-Firehose-Request-Id", id),
            ("X-Amz-Firehose-Source-Arn", self.arn.clone()),
        ];
        if let Some(key) = &self.config.access_key {
            headers.push(("X-Amz-Firehose-Access-Key", key.expose().to_owned()));
        }
        if let Some(attributes) = &self.common_attributes {
            headers.push(("X-Amz-Firehose-Common-Attributes", attributes.clone()));
        }
        let body = if self.config.gzip {
            headers.push(("Content-Encoding", "gzip".to_owned()));
            compressed(&body)
        } else {
            body.into()
        };
        HttpRequest { url: self.url.clone(), headers, body }
    }
}

/// Returns the body of a request.
fn body<'a>(id: &str, records: impl Iterator<Item = &'a StreamRecord>) -> Vec<u8> {
    let mut body = Vec::new();
    // Writing to memory cannot fail.
    let timestamp = now().as_millisecond();
    let _ = write!(body, "{{\"requestId\":\"{id}\",\"timestamp\":{timestamp},\"records\":[");
    for (number, record) in records.enumerate() {
        body.extend_from_slice(if number > 0 { b",{\"data\":\"" } else { b"{\"data\":\"" });
        push_base64(&record.data, &mut body);
        body.extend_from_slice(b"\"}");
    }
    body.extend_from_slice(b"]}");
    body
}

fn compressed(body: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(body);
    encoder.finish().unwrap_or_default().into()
}

#[async_trait]
impl RequestProtocol for HttpEndpoint {
    fn kind(&self) -> DestinationKind {
        DestinationKind::HttpEndpoint
    }

    fn retry_policy(&self) -> RetryPolicy {
        // <https://docs.aws.amazon.com/firehose/latest/APIReference/API_HttpEndpointRetryOptions.html>
        RetryPolicy { duration: self.config.retry_duration, includes_attempts: false }
    }

    fn error_fields(&self, record: &StreamRecord) -> DestinationFields {
        DestinationFields::HttpEndpoint {
            subsequence_number: record.subsequence_number(),
            data_id: record.data_id(),
        }
    }

    async fn attempt(&self, batch: &RequestBatch, pending: &[usize]) -> Attempt {
        let request = self.request(batch, pending);
        Attempt::Whole(match post_within(&*self.transport, request, Self::TIMEOUT).await {
            Ok(reply) => check_reply(&reply, &batch.id.to_string()),
            Err(error) => Err(AttemptFailure::retryable(failure_of(&error), error.to_string())),
        })
    }
}

fn failure_of(error: &TransportError) -> HttpEndpointFailure {
    match error {
        TransportError::Connect(_) => HttpEndpointFailure::ConnectionFailed,
        TransportError::Tls(_) => HttpEndpointFailure::SslHandshakeFailure,
        TransportError::TimedOut(_) => HttpEndpointFailure::RequestTimeout,
        TransportError::Closed(_) => HttpEndpointFailure::ConnectionReset,
        TransportError::TooLong(_) => HttpEndpointFailure::ResponseTooLarge,
        TransportError::Header(_) => HttpEndpointFailure::IllegalHeaderValue,
    }
}
