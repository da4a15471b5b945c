//! Records with log events, and a handler that answers them.

use base64::{Engine, prelude::BASE64_STANDARD};
use firehose_pipeline::Pipeline;
use firehose_runtime::{Event, Handler, Oversize, contract};
use firehose_transforms::compression::{Compress, Compression};
use serde_json::{Value, json};

/// The maximum size of a response in bytes.
pub(crate) const BUDGET: usize = 20_000;

/// A record of a Kinesis data stream: its partition key and its data.
pub(crate) type StreamRecord = (String, Vec<u8>);

/// Returns a record with the log events `from..to`, as CloudWatch Logs sends it. The message of each log
/// event has about `length` bytes.
pub(crate) fn log_record(key: &str, from: usize, to: usize, length: usize) -> StreamRecord {
    let event = |number: usize| {
        let message = format!("message {number} {}", "x".repeat(length));
        json!({"id": number.to_string(), "timestamp": 1_769_817_600_000_u64, "message": message})
    };
    let envelope = json!({
        "messageType": "DATA_MESSAGE",
        "owner": "123456789012",
        "logGroup": "group",
        "logStream": "stream",
        "subscriptionFilters": ["all"],
        "logEvents": (from..to).map(event).collect::<Vec<_>>(),
    });
    let data = Compress::new(Compression::Gzip).compress(envelope.to_string().as_bytes());
    (key.to_owned(), data.unwrap())
}

/// Returns the handler of a pipeline that puts records back.
pub(crate) fn handler(oversize: Oversize) -> Handler<Pipeline> {
    let pipeline: Pipeline =
        "{input: cloudwatch_logs, on_oversize: reingest}".parse().expect("the pipeline is valid");
    assert!(pipeline.reingests_oversize());
    Handler::new(pipeline).with_response_budget(BUDGET).with_oversize(oversize)
}

/// The answers to a batch.
#[derive(Debug, Default)]
pub(crate) struct Answered {
    /// The ids of the log events that were delivered.
    pub(crate) delivered: Vec<usize>,
    /// The causes of the records that failed.
    pub(crate) failed: Vec<String>,
    /// The number of records that were put back.
    pub(crate) put_back: usize,
}

/// Passes records of a Kinesis data stream through the handler.
pub(crate) async fn answer(
    handler: &Handler<Pipeline>,
    stream_arn: &str,
    records: &[StreamRecord],
) -> Answered {
    let record = |(number, (key, data)): (usize, &StreamRecord)| {
        json!({
            "recordId": number.to_string(),
            "data": BASE64_STANDARD.encode(data),
            "kinesisRecordMetadata": {"partitionKey": key, "shardId": "shardId-000000000000", "sequenceNumber": "1"},
        })
    };
    let event = json!({
        "sourceKinesisStreamArn": stream_arn,
        "region": "eu-west-1",
        "records": records.iter().enumerate().map(record).collect::<Vec<_>>(),
    })
    .to_string();
    let answer = handler.answer(event.clone()).await.unwrap();
    let parsed = Event::parse(event.as_bytes()).unwrap();
    assert_eq!(contract::check(&parsed, &answer.response), []);
    assert!(answer.response.len() <= BUDGET);

    let response: Value = serde_json::from_slice(&answer.response).unwrap();
    let outputs =
        response["records"].as_array().unwrap().iter().filter_map(|it| it["data"].as_str());
    let mut answered = Answered { put_back: answer.report.put_back, ..Answered::default() };
    for output in outputs {
        let lines = String::from_utf8(BASE64_STANDARD.decode(output).unwrap()).unwrap();
        answered.delivered.extend(lines.lines().map(|line| {
            let event: Value = serde_json::from_str(line).unwrap();
            assert_eq!(event["logGroup"], "group");
            event["id"].as_str().unwrap().parse::<usize>().unwrap()
        }));
    }
    answered.failed = answer.report.failures.into_iter().map(|failure| failure.cause).collect();
    answered
}
