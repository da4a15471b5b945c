//! The contract of destinations for each kind of endpoint.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt};

use super::{
    super::{
        conformance::{self, Behavior, Receiver},
        destination::Destination,
        endpoint::Endpoint,
        object_destination::ObjectDestination,
        object_keys::ObjectKeys,
    },
    endpoint_destination::protocol,
    request_destination::RequestDestination,
    retrying_sender::RetryingSender,
    scripted_endpoint::{Answer, ScriptedEndpoint, json_reply},
    shown_responses::ShownResponses,
};
use crate::{
    delivery_stream::{
        BufferingHints, DeliveryStream, DestinationConfig, ErrorLine, HecEndpointType,
        HttpEndpointConfig, OpenSearchConfig, S3DestinationConfig, SearchService, SplunkConfig,
        StreamSource,
    },
    observer::{DeliveryObserver, Unobserved},
    store::{
        Store,
        faulty::{Fault, FaultyStore},
    },
};

/// An endpoint with the store of its error output.
pub(super) struct Endpoints<const TAKES_EMPTY: bool> {
    pub(super) endpoint: Arc<ScriptedEndpoint>,
    store: Arc<FaultyStore>,
}

impl<const TAKES_EMPTY: bool> Receiver for Endpoints<TAKES_EMPTY> {
    const PARTITIONS: bool = false;
    const HAS_BACKUP: bool = true;
    const TAKES_EMPTY: bool = TAKES_EMPTY;

    async fn delivered(&self) -> Vec<Bytes> {
        self.endpoint.taken()
    }

    async fn failed(&self) -> Vec<ErrorLine> {
        let texts = self.error_lines().await;
        texts.iter().map(|line| ErrorLine::parse(line.as_bytes()).unwrap()).collect()
    }
}

impl<const TAKES_EMPTY: bool> Endpoints<TAKES_EMPTY> {
    /// Returns the texts of the error lines.
    pub(super) async fn error_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (_, content) in self.error_objects().await {
            lines.extend(content.lines().map(str::to_owned));
        }
        lines
    }

    /// Returns the keys and the contents of the error objects.
    pub(super) async fn error_objects(&self) -> Vec<(String, String)> {
        let found: Vec<_> = self.store.list(None).try_collect().await.unwrap();
        let mut objects = Vec::new();
        for object in found {
            let content = self.store.get(&object.location).await.unwrap().bytes().await.unwrap();
            let text = String::from_utf8(content.to_vec()).unwrap();
            objects.push((object.location.to_string(), text));
        }
        objects
    }
}

/// Returns the S3 settings of a backup.
pub(super) fn backup() -> S3DestinationConfig {
    S3DestinationConfig {
        error_output_prefix: Some("errors/!{firehose:error-output-type}/".to_owned()),
        ..S3DestinationConfig::default()
    }
}

/// Creates a destination whose endpoint answers as the script says. The store of the error output
/// has this fault.
pub(super) fn destination<const TAKES_EMPTY: bool>(
    config: DestinationConfig,
    endpoint: Arc<ScriptedEndpoint>,
    fault: Fault,
    observer: Arc<dyn DeliveryObserver>,
) -> (RequestDestination, Endpoints<TAKES_EMPTY>) {
    destination_within(config, endpoint, fault, observer, 1 << 30)
}

/// Creates a destination whose requests take at most `memory` bytes.
pub(super) fn destination_within<const TAKES_EMPTY: bool>(
    config: DestinationConfig,
    endpoint: Arc<ScriptedEndpoint>,
    fault: Fault,
    observer: Arc<dyn DeliveryObserver>,
    memory: u64,
) -> (RequestDestination, Endpoints<TAKES_EMPTY>) {
    let backend = FaultyStore::new(move |_| fault);
    let store = Arc::new(Store::new(Arc::clone(&backend) as _, "memory:"));
    let mut stream = DeliveryStream::new("demo", StreamSource::DirectPut, config);
    stream.append_delimiter = true;
    let url = Endpoint::parse("http://localhost:9/base/").unwrap();
    let protocol = protocol(&stream, &url, Arc::clone(&endpoint) as _).unwrap();
    let responses = ShownResponses::of(&stream, &url);
    let keys = ObjectKeys::new(&stream, String::new(), Arc::clone(&store)).unwrap();
    let hints = stream.destination.buffering();
    let errors = ObjectDestination::new(Arc::new(stream), keys, store, 1 << 30);
    let sender = RetryingSender::new("demo", protocol, responses, observer);
    let destination = RequestDestination::new(sender, hints, errors, memory);
    (destination, Endpoints { endpoint, store: backend })
}

fn start<const TAKES_EMPTY: bool>(
    config: DestinationConfig,
    behavior: Behavior,
) -> (Box<dyn Destination>, Endpoints<TAKES_EMPTY>) {
    let no = || Answer::Reply(json_reply(500, &serde_json::json!({"errorMessage": "no"})));
    let script = move |number, _: &_| match behavior {
        Behavior::Takes => Answer::Take,
        Behavior::FailsFrom(first) if number < first => Answer::Take,
        Behavior::FailsFrom(_) | Behavior::TakesNothing => no(),
        Behavior::Hangs => Answer::Hang,
    };
    let fault = match behavior {
        Behavior::TakesNothing => Fault::Full,
        _ => Fault::None,
    };
    let endpoint = ScriptedEndpoint::new(config.kind(), script);
    let (destination, endpoints) = destination(config, endpoint, fault, Arc::new(Unobserved));
    (Box::new(destination), endpoints)
}

const HINTS: BufferingHints = BufferingHints { size: 1_000_000, interval: Duration::from_secs(60) };

#[tokio::test(start_paused = true)]
async fn an_http_endpoint_keeps_the_contract_of_destinations() {
    let config = || {
        let config = HttpEndpointConfig::new("https://intake.example", backup());
        DestinationConfig::HttpEndpoint(HttpEndpointConfig { buffering: HINTS, ..config })
    };
    conformance::check(|behavior| start::<true>(config(), behavior)).await;
}

#[tokio::test(start_paused = true)]
async fn splunk_keeps_the_contract_of_destinations() {
    let config = || {
        let config = SplunkConfig::new("https://hec.example", HecEndpointType::Raw, backup());
        DestinationConfig::Splunk(SplunkConfig { buffering: HINTS, ..config })
    };
    conformance::check(|behavior| start::<true>(config(), behavior)).await;
}

#[tokio::test(start_paused = true)]
async fn open_search_keeps_the_contract_of_destinations() {
    for service in [
        SearchService::OpenSearch,
        SearchService::OpenSearchServerless,
        SearchService::Elasticsearch,
    ] {
        let config = || {
            let config = OpenSearchConfig::new(service, "logs", backup());
            DestinationConfig::OpenSearch(OpenSearchConfig { buffering: HINTS, ..config })
        };
        conformance::check(|behavior| start::<false>(config(), behavior)).await;
    }
}
