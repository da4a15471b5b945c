//! Random records through random processors, with random faults of the function and the store: each
//! record has one outcome, and each error line has the original.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use firehose_runtime::async_trait;
use firehose_transforms::compression::{Compress, Compression};
use jiff::Timestamp;
use object_store::ObjectStore;
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::{
    super::{
        deliver::deliver, delivery_stats::DeliveryStats, input_stats::InputStats,
        input_task::InputTask, put_result::PutResult, stream_delivery::StreamDelivery,
    },
    counting_observer::{CountingObserver, Counts},
    delivered::contents,
};
use crate::{
    delivery_stream::{
        BufferingHints, DeliveryStream, ErrorLine, EventWriter, LambdaProcessorConfig,
        MetadataQuery, ProcessorSettings, S3DestinationConfig, StreamSource, SubRecordType,
    },
    destinations::{ObjectDestination, ObjectKeys},
    function::{Function, FunctionError, InvokeError},
    observer::DeliveryObserver,
    processors::{BatchProcessor, LambdaProcessor, RetryingInvoker, record_chains},
    source::{DirectPut, PutRecord},
    store::{
        Store,
        faulty::{Fault, FaultyStore},
    },
};

/// A function whose answer to a record depends on the length of the record's data. Each third
/// invocation fails.
#[derive(Debug)]
struct Varied {
    invocations: AtomicU64,
}

#[async_trait]
impl Function for Varied {
    async fn invoke(&self, event: Bytes) -> Result<Bytes, InvokeError> {
        if self.invocations.fetch_add(1, Ordering::Relaxed) % 3 == 2 {
            return Err(FunctionError::TimedOut(Duration::from_secs(1)).into());
        }
        let event: Value = serde_json::from_slice(&event).unwrap();
        let answers = event["records"].as_array().unwrap().iter().filter_map(|record| {
            let (id, data) = (&record["recordId"], &record["data"]);
            let keys = json!({"partitionKeys": {"k": "lambda"}});
            match data.as_str().unwrap().len() / 4 % 6 {
                0 => Some(json!({"recordId": id, "result": "Dropped"})),
                1 => Some(json!({"recordId": id, "result": "ProcessingFailed"})),
                2 => None,
                3 => Some(json!({"recordId": id, "result": "Ok", "data": data})),
                _ => Some(json!({"recordId": id, "result": "Ok", "data": data, "metadata": keys})),
            }
        });
        Ok(json!({ "records": answers.collect::<Vec<_>>() }).to_string().into())
    }
}

fn gzip(data: &[u8]) -> Vec<u8> {
    Compress::new(Compression::Gzip).compress(data).unwrap()
}

fn data() -> impl Strategy<Value = Vec<u8>> {
    let object = prop_oneof![
        "[a-z]{0,5}".prop_map(|text| json!({"k": text}).to_string()),
        Just(r#"{"k": 1.0}"#.to_owned()),
        Just(r#"{"k": null}"#.to_owned()),
        Just("{}".to_owned()),
    ];
    let objects = (prop::collection::vec(object, 0..6), "(\n|,|)")
        .prop_map(|(objects, separator)| objects.join(&separator));
    let logs = prop::collection::vec(objects.clone(), 0..3).prop_map(|messages| {
        let events: Vec<_> = messages.iter().map(|message| json!({"message": message})).collect();
        let kind = if events.len() == 2 { "CONTROL_MESSAGE" } else { "DATA_MESSAGE" };
        gzip(json!({"messageType": kind, "logEvents": events}).to_string().as_bytes())
    });
    prop_oneof![
        3 => objects.prop_map(String::into_bytes),
        3 => logs,
        1 => prop::collection::vec(any::<u8>(), 0..20),
        1 => Just(gzip(b"not JSON")),
        1 => Just("{\"k\":\"x\"}".repeat(501).into_bytes()),
    ]
}

fn processors() -> impl Strategy<Value = ProcessorSettings> {
    let sub_records = prop_oneof![
        Just(None),
        Just(Some(SubRecordType::Json)),
        Just(Some(SubRecordType::Delimited(Bytes::from_static(b",")))),
    ];
    (any::<bool>(), any::<bool>(), sub_records, any::<bool>()).prop_map(
        |(decompresses, extracts_messages, sub_records, has_query)| ProcessorSettings {
            decompresses,
            extracts_messages: decompresses && extracts_messages,
            sub_records,
            metadata_query: has_query.then(|| MetadataQuery::parse("{k: .k}").unwrap()),
        },
    )
}

/// Returns a delivery stream with these processors.
fn stream(processors: ProcessorSettings, has_function: bool) -> DeliveryStream {
    let mut keys = String::new();
    if processors.metadata_query.is_some() {
        keys.push_str("q=!{partitionKeyFromQuery:k}/");
    }
    if has_function {
        keys.push_str("l=!{partitionKeyFromLambda:k}/");
    }
    let destination = S3DestinationConfig {
        dynamic_partitioning: !keys.is_empty(),
        prefix: format!("good/{keys}"),
        error_output_prefix: Some("bad/!{firehose:error-output-type}/".to_owned()),
        buffering: BufferingHints { size: 200, interval: Duration::from_secs(1) },
        ..S3DestinationConfig::default()
    };
    let mut stream = DeliveryStream::new("demo", StreamSource::DirectPut, destination);
    stream.processors = processors;
    stream.lambda = has_function.then(|| LambdaProcessorConfig {
        buffering: BufferingHints { size: 100, interval: Duration::from_secs(1) },
        retries: 1,
        ..LambdaProcessorConfig::new("varied", "arn")
    });
    stream
}

/// Delivers records, and returns the counts and the objects.
fn run(
    stream: DeliveryStream,
    data: &[Vec<u8>],
    store: &Arc<dyn ObjectStore>,
) -> (DeliveryStats, BTreeMap<String, Vec<u8>>) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(async {
        let counting = Arc::new(CountingObserver::default());
        let observer: Arc<dyn DeliveryObserver> = Arc::<CountingObserver>::clone(&counting);
        let (before, after) = record_chains(&stream, &observer);
        let lambda = stream.lambda.clone().map(|lambda| {
            let invoker = RetryingInvoker {
                stream: "demo".to_owned(),
                function: Arc::new(Varied { invocations: AtomicU64::new(0) }),
                lambda,
                events: EventWriter::new("arn", "us-east-1", None),
                partition_keys: Vec::new(),
                limited_by_firehose: false,
                observer: Arc::clone(&observer),
            };
            Box::new(LambdaProcessor::new(invoker, 1, 2)) as Box<dyn BatchProcessor>
        });
        let store_used = Arc::new(Store::new(Arc::clone(store), "memory"));
        let keys = ObjectKeys::new(&stream, String::new(), Arc::clone(&store_used)).unwrap();
        let objects = ObjectDestination::new(Arc::new(stream), keys, store_used, 1_000_000);
        let (stop, stopped) = watch::channel(false);
        let stream =
            StreamDelivery::new("demo", lambda, Box::new(objects), stop, Arc::clone(&observer))
                .with_record_processors(before, after);
        let stats = stream.shared_stats();
        let mut source = DirectPut::new(Timestamp::UNIX_EPOCH);
        let put = |(data, position): (&Vec<u8>, u64)| {
            let record = PutRecord::new(position, Bytes::copy_from_slice(data));
            let record = source.put(record, Timestamp::UNIX_EPOCH).unwrap();
            Ok(PutResult::taken(position, vec![Arc::new(record)]))
        };
        let results: Vec<_> = data.iter().zip(1..).map(put).collect();
        let input = Mutex::<InputStats>::default();
        let task = InputTask::start(results.into_iter());
        deliver(task, vec![stream], stopped, &*observer, &input).await;
        let stats = stats.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let input = input.into_inner().unwrap();
        assert!(!input.is_faulty);
        assert_eq!(counting.counts(), Counts::of(&stats, &input), "events and stats differ");
        (stats, contents(store).await)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_record_has_one_outcome_behind_any_processors(
        processors in processors(),
        has_function in any::<bool>(),
        data in prop::collection::vec(data(), 0..40),
        puts in prop_oneof![2 => Just(u64::MAX), 1 => 0..12_u64],
    ) {
        let splits = processors.sub_records.is_some();
        let fault = move |nth| if nth > puts { Fault::Full } else { Fault::None };
        let store: Arc<dyn ObjectStore> = FaultyStore::new(fault);
        let (stats, objects) = run(stream(processors, has_function), &data, &store);
        prop_assert!(!stats.is_unbalanced(), "{stats:?}");
        prop_assert!(splits || stats.added == 0);
        let undelivered = stats.undelivered.records();
        if !stats.store_failed {
            prop_assert_eq!(undelivered, 0);
            prop_assert_eq!(stats.received, data.len() as u64 + stats.added);
        }
        let outcomes = stats.delivered + stats.dropped + stats.failed() + undelivered;
        prop_assert_eq!(stats.received, outcomes);
        // An error line has an original, or a part of an original that was split.
        let originals: BTreeSet<&[u8]> = data.iter().map(Vec::as_slice).collect();
        let failed = objects.iter().filter(|(key, _)| key.starts_with("bad/"));
        let mut lines = 0;
        for line in failed.flat_map(|(_, object)| object.split_inclusive(|byte| *byte == b'\n')) {
            let line = ErrorLine::parse(line).unwrap();
            prop_assert!(splits || originals.contains(&*line.raw_data), "{line:?}");
            lines += 1;
        }
        prop_assert_eq!(lines, stats.failed());
    }
}
