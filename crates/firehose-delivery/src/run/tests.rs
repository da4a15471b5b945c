//! A run as another program starts it: with a function in the same process and a store in memory.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use firehose_runtime::{Event, async_trait};
use object_store::memory::InMemory;
use serde_json::json;

use super::{
    delivery_run::DeliveryRun, run_summary::RunSummary, shared_progress::SharedProgress,
    stream_function::StreamFunction,
};
use crate::{
    delivery_stream::{
        DeliveryFailure, DeliveryStream, LambdaProcessorConfig, S3DestinationConfig, StreamRecord,
        StreamSource,
    },
    function::{Function, InvokeError},
    processors::{Payload, RecordChain, RecordProcessor},
    source::{InputItem, PutRecord},
    store::Store,
};

/// A function that drops records without data, and returns the others unchanged.
#[derive(Debug)]
struct DropEmpty;

#[async_trait]
impl Function for DropEmpty {
    async fn invoke(&self, event: Bytes) -> Result<Bytes, InvokeError> {
        let event = Event::parse(&event).unwrap();
        let answers: Vec<_> = event
            .records
            .iter()
            .map(|record| {
                let (id, data) = (record.record_id(), record.payload().unwrap());
                match data.is_empty() {
                    true => json!({"recordId": id, "result": "Dropped"}),
                    false => {
                        json!({"recordId": id, "result": "Ok", "data": STANDARD.encode(data)})
                    }
                }
            })
            .collect();
        Ok(json!({ "records": answers }).to_string().into())
    }
}

fn run() -> DeliveryRun {
    let store = Store::new(Arc::new(InMemory::new()), "memory");
    DeliveryRun::new(StreamSource::DirectPut, Arc::new(store))
}

fn stream(destination: S3DestinationConfig) -> Arc<DeliveryStream> {
    let mut stream = DeliveryStream::new("demo", StreamSource::DirectPut, destination);
    stream.lambda = Some(LambdaProcessorConfig::new("function", "arn"));
    Arc::new(stream)
}

#[tokio::test]
async fn a_run_accounts_for_every_record() {
    let function = StreamFunction::new(Arc::new(DropEmpty));
    let run = run().stream(stream(S3DestinationConfig::default()), Some(function)).prepare();
    let run = run.unwrap();
    let progress = run.progress();
    let records = ["one", "", "three"].into_iter().zip(1..).map(|(data, position)| {
        Ok(InputItem::Record(PutRecord::new(position, Bytes::from_static(data.as_bytes()))))
    });
    let too_large = InputItem::TooLarge { position: 4, bytes: 2_000_000, limit: 1_024_000 };
    run.deliver(records.chain([Ok(too_large)])).await;

    let report = progress.report();
    assert!(!report.is_faulty());
    let mut summary = serde_json::to_value(RunSummary::from(&report)).unwrap();
    assert!(summary["seconds"].as_f64().is_some());
    summary["seconds"] = json!(0);
    let stream = &mut summary["deliveryStreams"][0];
    assert!(stream["objects"][0]["key"].as_str().unwrap().contains("/demo-1-"));
    stream["objects"][0]["key"] = json!("KEY");
    stream["functionMilliseconds"] = json!(0);
    let expected = json!({
        "deliveryStreams": [{
            "name": "demo",
            "processors": ["Lambda"],
            "records": 3,
            "addedRecords": 0,
            "bytes": 8,
            "delivered": 2,
            "destination": "s3",
            "dropped": 1,
            "failed": 0,
            "notDelivered": 0,
            "notDeliveredPositions": [],
            "notReadPositions": [],
            "failedByCode": {},
            "causes": null,
            "otherCauses": null,
            "failedItems": null,
            "objects": [{"key": "KEY", "records": 2, "bytes": 8}],
            "objectCount": 1,
            "objectBytes": 8,
            "invocations": 1,
            "functionErrors": 0,
            "functionMilliseconds": 0,
            "ignoredAnswers": 0,
            "requests": 0,
            "requestAttempts": 0,
            "requestBytes": 0,
        }],
        "error": null,
        "input": {"format": null, "files": []},
        "skipped": 0,
        "refused": 1,
        "lastRead": 4,
        "readToEnd": true,
        "seconds": 0,
    });
    assert_eq!(summary, expected);
}

/// A processor that panics.
#[derive(Debug)]
struct Panicking;

impl RecordProcessor for Panicking {
    fn process(
        &self,
        _record: &StreamRecord,
        _payload: Payload,
        _out: &mut Vec<Payload>,
    ) -> Result<(), DeliveryFailure> {
        panic!("as the test wants")
    }
}

#[tokio::test]
async fn a_panic_of_a_delivery_stream_ends_an_endless_input() {
    let function = StreamFunction::new(Arc::new(DropEmpty));
    let before = RecordChain::new(vec![Box::new(Panicking)]);
    let run = run()
        .stream(stream(S3DestinationConfig::default()), Some(function))
        .record_processors("demo", before, RecordChain::default());
    let run = run.prepare().unwrap();
    let progress = run.progress();
    let endless =
        (1..).map(|position| Ok(InputItem::Record(PutRecord::new(position, Bytes::new()))));
    run.deliver(endless).await;

    let report = progress.report();
    let stream = &report.streams[0];
    assert!(report.is_faulty() && !report.input.read_to_end);
    assert!(stream.stats.undelivered.ranges().eq([(1, report.input.last_read)]));
    assert!(stream.not_read.contains(report.input.last_read + 1));
}

#[test]
fn a_run_needs_valid_prefixes_and_names_and_its_functions() {
    let error = run().stream(stream(S3DestinationConfig::default()), None).prepare().unwrap_err();
    assert_eq!(error.to_string(), "demo: the function function is missing");

    let raw = || {
        let config = S3DestinationConfig::default();
        Arc::new(DeliveryStream::new("raw", StreamSource::DirectPut, config))
    };
    let error = run().stream(raw(), None).stream(raw(), None).prepare().unwrap_err();
    assert_eq!(error.to_string(), "raw: another delivery stream of the run has this name");
    let chain = RecordChain::default;
    let typo = run().stream(raw(), None).record_processors("typo", chain(), chain());
    let error = typo.prepare().unwrap_err().to_string();
    assert!(error.starts_with("typo: the run has record processors for this name"), "{error}");

    let destination = S3DestinationConfig { prefix: "!{".to_owned(), ..Default::default() };
    let function = StreamFunction::new(Arc::new(DropEmpty));
    let error = run().stream(stream(destination), Some(function)).prepare().unwrap_err();
    assert!(error.to_string().starts_with("demo: "), "{error}");
}

#[test]
fn a_run_that_has_not_begun_has_an_empty_report() {
    let report = SharedProgress::default().report();
    assert!(report.streams.is_empty() && !report.is_faulty() && !report.input.read_to_end);
}
