use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use jiff::Timestamp;
use object_store::{ObjectStore, memory::InMemory};
use tokio::sync::watch;

use super::{
    super::{
        deliver::deliver, delivery_stats::DeliveryStats, input_stats::InputStats,
        input_task::InputTask, put_result::PutResult, stream_delivery::StreamDelivery,
    },
    counting_observer::{CountingObserver, Counts},
};
use crate::{
    delivery_stream::{
        DeliveryFailure, DeliveryStream, EventWriter, LambdaProcessorConfig, S3DestinationConfig,
        StreamRecord, StreamSource,
    },
    destinations::{ObjectDestination, ObjectKeys},
    function::{Function, InvokeError},
    observer::DeliveryObserver,
    processors::{
        BatchProcessor, LambdaProcessor, Payload, RecordChain, RecordProcessor, RetryingInvoker,
    },
    source::{DirectPut, PutRecord},
    store::Store,
};

/// A processor that makes a record of each word. Data with an exclamation mark fails.
#[derive(Debug)]
struct SplitWords;

impl RecordProcessor for SplitWords {
    fn process(
        &self,
        _record: &StreamRecord,
        payload: Payload,
        out: &mut Vec<Payload>,
    ) -> Result<(), DeliveryFailure> {
        if payload.data.contains(&b'!') {
            return Err(DeliveryFailure::InvalidData);
        }
        let words = payload.data.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
        out.extend(words.map(|word| {
            let word = payload.data.slice_ref(word);
            Payload { raw_data: word.clone(), data: word, ..payload.clone() }
        }));
        Ok(())
    }
}

/// A function that answers each record with its own data.
#[derive(Debug)]
struct Echo;

#[firehose_runtime::async_trait]
impl Function for Echo {
    async fn invoke(&self, event: Bytes) -> Result<Bytes, InvokeError> {
        let event: serde_json::Value = serde_json::from_slice(&event).unwrap();
        let answers: Vec<_> = event["records"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| {
                serde_json::json!({"recordId": it["recordId"], "result": "Ok", "data": it["data"]})
            })
            .collect();
        Ok(serde_json::json!({ "records": answers }).to_string().into())
    }
}

fn chain(is_split: bool) -> RecordChain {
    RecordChain::new(if is_split { vec![Box::new(SplitWords) as _] } else { Vec::new() })
}

/// Delivers records with this data through one chain before and one chain after the function.
async fn deliver_words(
    data: &[&str],
    has_function: bool,
    before: RecordChain,
    after: RecordChain,
) -> (DeliveryStats, Vec<(String, String)>) {
    let destination = S3DestinationConfig {
        prefix: "good/".to_owned(),
        error_output_prefix: Some("bad/".to_owned()),
        ..S3DestinationConfig::default()
    };
    let mut stream = DeliveryStream::new("demo", StreamSource::DirectPut, destination);
    stream.append_delimiter = true;
    let counting = Arc::new(CountingObserver::default());
    let observer: Arc<dyn DeliveryObserver> = Arc::<CountingObserver>::clone(&counting);
    let lambda = has_function.then(|| {
        let lambda = LambdaProcessorConfig::new("echo", "arn");
        stream.lambda = Some(lambda.clone());
        let invoker = RetryingInvoker {
            stream: "demo".to_owned(),
            function: Arc::new(Echo),
            lambda,
            events: EventWriter::new("arn", "us-east-1", None),
            partition_keys: Vec::new(),
            limited_by_firehose: false,
            observer: Arc::clone(&observer),
        };
        Box::new(LambdaProcessor::new(invoker, 1, 1)) as Box<dyn BatchProcessor>
    });
    let in_memory: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let store = Arc::new(Store::new(Arc::clone(&in_memory), "memory"));
    let stream = Arc::new(stream);
    let keys = ObjectKeys::new(&stream, String::new(), Arc::clone(&store)).unwrap();
    let objects = ObjectDestination::new(stream, keys, store, 1_000_000);
    let (stop, stopped) = watch::channel(false);
    let stream =
        StreamDelivery::new("demo", lambda, Box::new(objects), stop, Arc::clone(&observer))
            .with_record_processors(before, after);
    let stats = stream.shared_stats();
    let mut source = DirectPut::new(Timestamp::UNIX_EPOCH);
    let put = |(data, position): (&&str, u64)| {
        let record = PutRecord::new(position, Bytes::copy_from_slice(data.as_bytes()));
        let record = source.put(record, Timestamp::UNIX_EPOCH).unwrap();
        Ok(PutResult::taken(position, vec![Arc::new(record)]))
    };
    let results: Vec<_> = data.iter().zip(1..).map(put).collect();
    let input = Mutex::<InputStats>::default();
    let task = InputTask::start(results.into_iter());
    deliver(task, vec![stream], stopped, &*observer, &input).await;
    let stats = stats.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let input = input.into_inner().unwrap();
    assert_eq!(counting.counts(), Counts::of(&stats, &input), "events and stats differ");
    let mut contents = Vec::new();
    for (key, content) in super::delivered::contents(&in_memory).await {
        let folder = key.split('/').next().unwrap_or_default().to_owned();
        contents.push((folder, String::from_utf8(content).unwrap()));
    }
    (stats, contents)
}

/// Records of two words, no word, one word, and a word that fails.
const DATA: [&str; 4] = ["one two", " ", "three", "four!"];

#[tokio::test]
async fn processors_split_drop_and_fail_records_before_and_after_the_function() {
    for (has_function, splits_before) in
        [(false, true), (false, false), (true, true), (true, false)]
    {
        let (before, after) = (chain(splits_before), chain(!splits_before));
        let (stats, contents) = deliver_words(&DATA, has_function, before, after).await;
        let case = (has_function, splits_before);
        let counts = (stats.received, stats.delivered, stats.dropped, stats.failed());
        // The stream received four records. The split added one.
        assert_eq!(counts, (5, 3, 1, 1), "{case:?}");
        assert!(!stats.is_unbalanced(), "{case:?}");
        let [(bad, failed), (good, delivered)] = contents.as_slice() else {
            panic!("{case:?}: {contents:?}")
        };
        assert_eq!((bad.as_str(), good.as_str()), ("bad", "good"), "{case:?}");
        assert_eq!(delivered.trim_end(), "one\ntwo\nthree", "{case:?}");
        // `four!` in base64.
        assert!(failed.contains(r#""rawData":"Zm91ciE=""#), "{case:?}: {failed}");
    }
}

#[tokio::test]
async fn empty_chains_change_nothing() {
    let (stats, contents) = deliver_words(&DATA, true, chain(false), chain(false)).await;
    assert_eq!((stats.received, stats.delivered), (4, 4));
    assert_eq!(contents, [("good".to_owned(), "one two\n \nthree\nfour!".to_owned())]);
}
