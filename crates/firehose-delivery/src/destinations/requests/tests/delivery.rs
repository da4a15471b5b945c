//! A delivery of one batch to an endpoint whose answers a test chooses.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use firehose_runtime::contract::IcebergAnswer;
use jiff::Timestamp;
use serde_json::Value;

use super::super::{
    super::{
        delivery_outcome::DeliveryOutcome, destination::Destination, output_record::OutputRecord,
    },
    conformance_tests::{Endpoints, backup, destination, destination_within},
    http_request::HttpRequest,
    scripted_endpoint::{Answer, ScriptedEndpoint},
};
use crate::{
    delivery_stream::{
        BufferingHints, DestinationConfig, HecEndpointType, HttpEndpointConfig, KinesisOrigin,
        OpenSearchConfig, PartitionKeys, SearchService, Secret, ShardId, SplunkConfig,
        StreamRecord,
    },
    observer::{DeliveryEvent, DeliveryObserver, Unobserved},
    store::faulty::Fault,
};

/// An observer that keeps the texts of failures and warnings.
#[derive(Debug, Default)]
struct Messages(Mutex<Vec<String>>);

impl DeliveryObserver for Messages {
    fn observe(&self, event: &DeliveryEvent<'_>) {
        let text = match event {
            DeliveryEvent::RequestFailed { attempt, records, retry_in, .. } => {
                let end = if retry_in.is_some() { "again" } else { "no more" };
                format!("attempt {attempt}: {records} records, {end}")
            }
            DeliveryEvent::Warning { message } => format!("warning: {message}"),
            _ => return,
        };
        self.0.lock().unwrap().push(text);
    }
}

pub(super) fn http() -> HttpEndpointConfig {
    HttpEndpointConfig {
        access_key: Some(Secret::new("k3y")),
        common_attributes: vec![("env".to_owned(), "test \"1\"".to_owned())],
        ..HttpEndpointConfig::new("https://intake.example", backup())
    }
}

pub(super) fn splunk() -> SplunkConfig {
    SplunkConfig {
        hec_token: Some(Secret::new("t0ken")),
        ..SplunkConfig::new("https://hec.example:8088", HecEndpointType::Raw, backup())
    }
}

pub(super) fn open_search() -> OpenSearchConfig {
    OpenSearchConfig::new(SearchService::OpenSearch, "logs", backup())
}

/// The result of a delivery.
pub(super) struct Delivery {
    pub(super) delivered: u64,
    pub(super) attempts: u32,
    /// Failed records by error code.
    pub(super) failed: BTreeMap<&'static str, u64>,
    pub(super) messages: Vec<String>,
    pub(super) requests: Vec<HttpRequest>,
    /// The error lines, in the order of their records.
    pub(super) lines: Vec<Value>,
    pub(super) error_keys: Vec<String>,
    pub(super) seconds: f64,
}

/// Delivers records with this data in one batch.
pub(super) async fn deliver(
    config: impl Into<DestinationConfig>,
    records: &[&str],
    script: impl Fn(u64, &HttpRequest) -> Answer + Send + Sync + 'static,
) -> Delivery {
    let config = config.into();
    let endpoint = ScriptedEndpoint::new(config.kind(), script);
    let messages = Arc::new(Messages::default());
    let observer: Arc<dyn DeliveryObserver> = Arc::<Messages>::clone(&messages);
    let (mut destination, endpoints): (_, Endpoints<true>) =
        destination(config, endpoint, Fault::None, observer);
    let started = tokio::time::Instant::now();
    let records: Vec<_> =
        (1..).zip(records).map(|(position, data)| record(position, data)).collect();
    deliver_to(&mut destination, &records);
    destination.flush(None);
    let (mut delivered, mut attempts, mut failed) = (0, 0, BTreeMap::new());
    while let Some(outcome) = destination.next_outcome().await {
        match outcome {
            DeliveryOutcome::Sent { request, .. } => {
                delivered += request.records;
                attempts = request.attempts;
            }
            DeliveryOutcome::Stored { failed: stored, .. } => {
                for (code, records) in stored {
                    *failed.entry(code).or_default() += records;
                }
            }
            DeliveryOutcome::ToErrorOutput => {}
            DeliveryOutcome::NotDelivered { .. } => panic!("the store takes every object"),
        }
    }
    assert!(destination.is_empty());
    assert_eq!(delivered + failed.values().sum::<u64>(), records.len() as u64);
    let lines = endpoints.error_lines().await;
    let messages = std::mem::take(&mut *messages.0.lock().unwrap());
    Delivery {
        delivered,
        attempts,
        failed,
        messages,
        requests: endpoints.endpoint.requests(),
        lines: lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect(),
        error_keys: endpoints.error_objects().await.into_iter().map(|(key, _)| key).collect(),
        seconds: started.elapsed().as_secs_f64(),
    }
}

/// Passes records to a destination.
pub(super) fn deliver_to(destination: &mut dyn Destination, records: &[StreamRecord]) {
    let keys = BTreeMap::new();
    let output = |record| {
        let record: &StreamRecord = record;
        OutputRecord {
            record,
            data: &record.data,
            partition_keys: PartitionKeys::of_lambda(&keys),
            iceberg: &IcebergAnswer::Missing,
            attempts: 1,
        }
    };
    destination.deliver(&records.iter().map(output).collect::<Vec<_>>());
}

pub(super) fn record(position: u64, data: &str) -> StreamRecord {
    StreamRecord {
        position,
        record_id: format!("4962{position}000000"),
        arrival_timestamp: Timestamp::from_second(1_700_000_000).unwrap(),
        data: Bytes::copy_from_slice(data.as_bytes()),
        processed: None,
        kinesis: Some(KinesisOrigin {
            shard_id: ShardId::FIRST,
            partition_key: "key".to_owned(),
            sequence_number: format!("4962{position}").into(),
            subsequence_number: 0,
        }),
        msk: None,
    }
}

impl From<HttpEndpointConfig> for DestinationConfig {
    fn from(config: HttpEndpointConfig) -> Self {
        Self::HttpEndpoint(config)
    }
}

impl From<SplunkConfig> for DestinationConfig {
    fn from(config: SplunkConfig) -> Self {
        Self::Splunk(config)
    }
}

impl From<OpenSearchConfig> for DestinationConfig {
    fn from(config: OpenSearchConfig) -> Self {
        Self::OpenSearch(config)
    }
}

/// Returns a request as text: the URL, the headers and the body, with placeholders for values that
/// change.
pub(super) fn shown(request: &HttpRequest) -> String {
    let mut text = format!("{}\n", request.url);
    for (name, value) in &request.headers {
        text.push_str(&format!("{name}: {value}\n"));
    }
    text.push_str(&String::from_utf8_lossy(&request.body));
    let uuid = uuids_of(&text);
    uuid.into_iter().fold(text, |text, id| text.replace(&id, "<uuid>"))
}

/// Returns the UUIDs in a text.
fn uuids_of(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_hexdigit() || c == '-';
    let words = text.split(|c| !is_part(c)).filter(|word| word.len() == 36);
    words.filter(|word| word.parse::<uuid::Uuid>().is_ok()).map(str::to_owned).collect()
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_fills_the_memory_is_sent_before_its_hints_are_reached() {
    let buffering = BufferingHints { size: 64 << 20, interval: Duration::from_secs(900) };
    let config = DestinationConfig::HttpEndpoint(HttpEndpointConfig { buffering, ..http() });
    let endpoint = ScriptedEndpoint::new(config.kind(), |_, _: &_| Answer::Take);
    let observer = Arc::new(Unobserved);
    let (mut destination, endpoints): (_, Endpoints<true>) =
        destination_within(config, endpoint, Fault::None, observer, 1_000_000);
    let data = "x".repeat(50_000);
    for position in 1..=100 {
        while !destination.has_room() {
            destination.next_outcome().await.expect("a request is in flight");
        }
        deliver_to(&mut destination, &[record(position, &data)]);
    }
    destination.flush(None);
    while destination.next_outcome().await.is_some() {}
    assert_eq!(endpoints.endpoint.taken().len(), 100);
}
