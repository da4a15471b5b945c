//! The fields of a record that a transform sees, for each source.

use std::sync::{Arc, Mutex};

use firehose_runtime::{
    Handler, KinesisMetadata, Outcome, Record, Source, Timestamp, transform_fn,
};

/// Returns the records of an event as the transform receives them.
async fn seen(event: &'static str) -> Vec<Record> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let spy = Arc::clone(&seen);
    let handler = Handler::new(transform_fn(move |record: Record| {
        spy.lock().unwrap().push(record);
        Outcome::Dropped
    }));
    handler.answer(event).await.unwrap();
    std::mem::take(&mut *seen.lock().unwrap())
}

fn time(milliseconds: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(milliseconds).ok()
}

#[tokio::test]
async fn a_record_of_direct_put_has_its_fields() {
    let records = seen(r#"{"records": [
        {"recordId": "1", "approximateArrivalTimestamp": 1767225600123, "data": "aGk="},
        {"recordId": "\u00e9", "approximateArrivalTimestamp": "2026-01-01T00:00:00.123Z", "data": "", "kinesisRecordMetadata": null},
        {"recordId": "3", "data": "\/w8\/"}
    ]}"#).await;
    assert_eq!((records[0].id(), records[0].text().unwrap()), ("1", "hi"));
    assert_eq!(records[0].arrival_time(), time(1_767_225_600_123));
    assert_eq!(records[0].source(), &Source::DirectPut);
    assert_eq!((records[1].id(), records[1].data().as_ref()), ("é", &[][..]));
    assert_eq!(records[1].arrival_time(), time(1_767_225_600_123));
    assert_eq!(records[1].source(), &Source::DirectPut);
    assert_eq!(
        (records[2].data().as_ref(), records[2].arrival_time()),
        (&[0xff, 0x0f, 0x3f][..], None)
    );
}

#[tokio::test]
async fn a_record_of_kinesis_has_its_fields() {
    let records = seen(r#"{"sourceKinesisStreamArn": "arn", "records": [
        {"recordId": "1", "data": "", "kinesisRecordMetadata": {"shardId": "shard", "partitionKey": "k\u0065y",
         "sequenceNumber": "49572", "subsequenceNumber": 7, "approximateArrivalTimestamp": 1767225600123}},
        {"recordId": "2", "data": "", "kinesisRecordMetadata": {"subsequenceNumber": "", "approximateArrivalTimestamp": "soon"}},
        {"recordId": "3", "data": "", "kinesisRecordMetadata": {"sequenceNumber": 49572, "subsequenceNumber": "8"}},
        {"recordId": "4", "data": ""}
    ]}"#).await;
    let full = KinesisMetadata::new("shard", "key", "49572")
        .with_subsequence_number(7)
        .with_arrival_time(time(1_767_225_600_123).unwrap());
    assert_eq!(records[0].source(), &Source::Kinesis(full));
    assert_eq!(records[1].source(), &Source::Kinesis(KinesisMetadata::default()));
    let number = KinesisMetadata::new("", "", "49572").with_subsequence_number(8);
    assert_eq!(records[2].source(), &Source::Kinesis(number));
    assert_eq!(records[3].source(), &Source::Kinesis(KinesisMetadata::default()));
}

#[tokio::test]
async fn a_record_of_msk_has_its_fields() {
    let records = seen(
        r#"{"sourceMSKArn": "arn", "records": [
        {"recordId": "1", "kafkaRecordValue": "aGk=", "mskRecordMetadata":
         {"offset": "4711", "partitionId": 1, "approximateArrivalTimestamp": "1767225600123"}},
        {"recordId": "2", "data": "aG8="}
    ]}"#,
    )
    .await;
    let Source::Msk(metadata) = records[0].source() else { panic!("{records:?}") };
    assert_eq!((metadata.partition_id(), metadata.offset()), ("1", "4711"));
    assert_eq!(metadata.arrival_time(), time(1_767_225_600_123));
    assert_eq!(records[0].data(), "hi");
    assert!(matches!(records[1].source(), Source::Msk(_)));
    assert_eq!(records[1].data(), "ho");
}

#[tokio::test]
async fn empty_and_null_fields_count_as_missing() {
    let records = seen(
        r#"{"sourceMSKArn": "", "sourceKinesisStreamArn": "", "records": [
        {"recordId": "1", "data": "aGk=", "kafkaRecordValue": null, "mskRecordMetadata": null},
        {"recordId": "2", "data": null, "kafkaRecordValue": "aG8="}
    ]}"#,
    )
    .await;
    assert_eq!((records[0].data().as_ref(), records[0].source()), (&b"hi"[..], &Source::DirectPut));
    assert_eq!(records[1].data(), "ho");
    assert!(matches!(records[1].source(), Source::Msk(_)));
}
