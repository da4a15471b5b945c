use std::{sync::Arc, time::Duration};

use bytes::{BufMut, Bytes, BytesMut};
use firehose_runtime::async_trait;
use reqwest::Url;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::{
    http_request::HttpRequest,
    request_batch::RequestBatch,
    request_protocol::{Attempt, AttemptFailure, RequestProtocol},
    retry_policy::RetryPolicy,
    splunk_reply::{Acknowledgment, read_ack, read_reply},
    transport::{Transport, TransportError, post_within},
};
use crate::delivery_stream::{
    DestinationFields, DestinationKind, HecEndpointType, SplunkConfig, SplunkFailure, StreamRecord,
};

/// The protocol of an HTTP Event Collector (HEC) of Splunk.
///
/// A request is delivered once the collector acknowledges it, as Firehose requires:
/// <https://docs.aws.amazon.com/firehose/latest/dev/retry.html#dd-retry-splunk>. The requests are
/// those of Splunk:
/// <https://docs.splunk.com/Documentation/Splunk/latest/Data/AboutHECIDXAck>.
#[derive(Debug)]
pub(super) struct Splunk {
    /// The URL for records, with the channel.
    collector: Url,
    /// The URL for acknowledgments, with the channel.
    acknowledgments: Url,
    /// The id that the collector needs for acknowledgments. AWS does not document whether requests
    /// share a channel. Our choice: one channel for each delivery stream.
    channel: Uuid,
    config: SplunkConfig,
    /// The delimiter between records.
    delimiter: &'static [u8],
    transport: Arc<dyn Transport>,
}

impl Splunk {
    /// The time in which the collector must respond. AWS does not document this time. Our choice:
    /// three minutes, as for an HTTP endpoint.
    const TIMEOUT: Duration = Duration::from_secs(180);

    /// The longest response. AWS does not document a limit. Our choice: 1 MiB, as for an HTTP
    /// endpoint.
    pub(super) const MAX_REPLY: usize = 1024 * 1024;

    /// The first pause between two questions for an acknowledgment, which doubles up to
    /// [`LONGEST_PAUSE`](Self::LONGEST_PAUSE). AWS documents neither pause. Both are our choice.
    const FIRST_PAUSE: Duration = Duration::from_millis(100);

    /// The longest pause between two questions: the interval that Splunk recommends.
    const LONGEST_PAUSE: Duration = Duration::from_secs(10);

    /// Creates the protocol for the collector at `url`. The path that Firehose uses is appended to
    /// the path of the URL, in place of any part from `/services/collector` on.
    pub(super) fn new(
        config: SplunkConfig,
        delimiter: &'static [u8],
        url: &Url,
        transport: Arc<dyn Transport>,
    ) -> Self {
        const COLLECTOR: &str = "/services/collector";
        let channel = Uuid::new_v4();
        let base = url.path().split(COLLECTOR).next().unwrap_or_default();
        let base = base.trim_end_matches('/');
        let with_path = |name: &str| {
            let mut url = url.clone();
            url.set_path(&format!("{base}{COLLECTOR}/{name}"));
            url.query_pairs_mut().append_pair("channel", &channel.to_string());
            url
        };
        let collector = with_path(match config.endpoint_type {
            HecEndpointType::Raw => "raw",
            HecEndpointType::Event => "event",
        });
        let acknowledgments = with_path("ack");
        Self { collector, acknowledgments, channel, config, delimiter, transport }
    }

    fn request(&self, url: &Url, content_type: &str, body: Bytes) -> HttpRequest {
        let mut headers = vec![
            ("Content-Type", content_type.to_owned()),
            ("X-Splunk-Request-Channel", self.channel.to_string()),
        ];
        if let Some(token) = &self.config.hec_token {
            headers.push(("Authorization", format!("Splunk {}", token.expose())));
        }
        HttpRequest { url: url.clone(), headers, body }
    }

    /// Sends records, and returns the id of the acknowledgment.
    async fn send(&self, body: Bytes) -> Result<u64, AttemptFailure> {
        let content_type = match self.config.endpoint_type {
            HecEndpointType::Raw => "text/plain",
            HecEndpointType::Event => "application/json",
        };
        let request = self.request(&self.collector, content_type, body);
        match post_within(&*self.transport, request, Self::TIMEOUT).await {
            Ok(reply) => read_reply(&reply),
            Err(error) => Err(AttemptFailure::retryable(failure_of(&error), error.to_string())),
        }
    }

    /// Asks for an acknowledgment until the collector gives or refuses it, or until the timeout of
    /// the acknowledgment. A question without an answer is repeated.
    async fn await_ack(&self, id: u64) -> Result<(), AttemptFailure> {
        let deadline = Instant::now() + self.config.acknowledgment_timeout;
        let mut pause = Self::FIRST_PAUSE;
        loop {
            let body = Bytes::from(format!("{{\"acks\":[{id}]}}"));
            let request = self.request(&self.acknowledgments, "application/json", body);
            let left = deadline.saturating_duration_since(Instant::now());
            let limit = left.min(Self::TIMEOUT);
            let last = match post_within(&*self.transport, request, limit).await {
                Ok(reply) => match read_ack(&reply, id) {
                    Acknowledgment::Given => return Ok(()),
                    Acknowledgment::Refused(failure) => return Err(failure),
                    Acknowledgment::Pending(answer) => answer,
                },
                Err(error) => error.to_string(),
            };
            let next = Instant::now() + pause;
            if next >= deadline {
                sleep_until(deadline).await;
                let timeout = self.config.acknowledgment_timeout.as_secs();
                let reason = format!("no acknowledgment within {timeout} s; last answer: {last}");
                return Err(AttemptFailure::retryable(SplunkFailure::AckTimeout, reason));
            }
            sleep_until(next).await;
            pause = (pause * 2).min(Self::LONGEST_PAUSE);
        }
    }
}

#[async_trait]
impl RequestProtocol for Splunk {
    fn kind(&self) -> DestinationKind {
        DestinationKind::Splunk
    }

    fn retry_policy(&self) -> RetryPolicy {
        // <https://docs.aws.amazon.com/firehose/latest/APIReference/API_SplunkRetryOptions.html>
        RetryPolicy { duration: self.config.retry_duration, includes_attempts: false }
    }

    fn error_fields(&self, record: &StreamRecord) -> DestinationFields {
        DestinationFields::Splunk { event_id: record.data_id() }
    }

    async fn attempt(&self, batch: &RequestBatch, pending: &[usize]) -> Attempt {
        let records = pending.iter().filter_map(|index| batch.records.get(*index));
        let body = body(records, self.delimiter);
        Attempt::Whole(match self.send(body).await {
            Ok(id) => self.await_ack(id).await,
            Err(failure) => Err(failure),
        })
    }
}

/// Returns the data of the records one after the other: Firehose adds no delimiters
/// (<https://docs.aws.amazon.com/firehose/latest/dev/basic-deliver.html>) except those of
/// `AppendDelimiterToRecord`.
fn body<'a>(records: impl Iterator<Item = &'a StreamRecord>, delimiter: &[u8]) -> Bytes {
    let mut body = BytesMut::new();
    for (number, record) in records.enumerate() {
        if number > 0 {
            body.put_slice(delimiter);
        }
        body.put_slice(&record.data);
    }
    body.freeze()
}

fn failure_of(error: &TransportError) -> SplunkFailure {
    match error {
        TransportError::Connect(_) => SplunkFailure::InvalidEndpoint,
        TransportError::Tls(_) => SplunkFailure::SslHandshake,
        TransportError::TimedOut(_) => SplunkFailure::ConnectionTimeout,
        TransportError::Closed(_) => SplunkFailure::ConnectionClosed,
        TransportError::TooLong(_) => SplunkFailure::InvalidHecResponse,
        // The token is the only value that can have such a character.
        TransportError::Header(_) => SplunkFailure::InvalidToken,
    }
}
