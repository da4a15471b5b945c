//! The engine over the types of `aws_lambda_events`.

use aws_lambda_events::event::firehose::KinesisFirehoseEvent;
use firehose_runtime::{FailureKind, Handler, Outcome, Record, Source, transform_fn};
use serde_json::json;

#[tokio::test]
async fn answers_like_the_runtime_itself() {
    std::panic::set_hook(Box::new(|_| {}));
    let event = json!({"invocationId": "i", "sourceKinesisStreamArn": "arn", "records": [
        {"recordId": "1", "approximateArrivalTimestamp": 1_767_225_600_000_u64, "data": "aGk=",
         "kinesisRecordMetadata": {"shardId": "s", "partitionKey": "key", "sequenceNumber": "1",
          "subsequenceNumber": 0, "approximateArrivalTimestamp": 1_767_225_600_000_u64}},
        {"recordId": "2", "approximateArrivalTimestamp": 0, "data": "cGFuaWM="},
        {"approximateArrivalTimestamp": 0, "data": ""},
        {"recordId": "3", "approximateArrivalTimestamp": 0, "data": ""},
    ]});
    let event: KinesisFirehoseEvent = serde_json::from_value(event).unwrap();
    let handler = Handler::new(transform_fn(|record: Record| match record.data().as_ref() {
        b"" => Outcome::Dropped,
        b"panic" => panic!("told to"),
        _ => {
            let Source::Kinesis(metadata) = record.source() else { panic!("{record:?}") };
            let key = metadata.partition_key().to_owned();
            firehose_runtime::Output::new(key).with_partition_key("k", "v").into()
        }
    }));
    let (response, report) = handler.answer_typed(event).await;
    let results: Vec<_> = response.records.iter().map(|it| it.result.as_deref().unwrap()).collect();
    assert_eq!(results, ["Ok", "ProcessingFailed", "Dropped"]);
    let ids: Vec<_> = response.records.iter().map(|it| it.record_id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["1", "2", "3"]);
    assert_eq!(*response.records[0].data, b"key");
    assert_eq!(response.records[0].metadata.partition_keys["k"], "v");
    assert_eq!((report.records, report.ok, report.dropped, report.without_id), (4, 1, 1, 1));
    assert_eq!(report.failures[0].kind, FailureKind::Panic);
}
