//! The requests of `PutRecordBatch`.

use firehose_runtime::Record;

use crate::service::{
    Reply, Service, kinesis, put_back, put_record_batch_reply, put_records_reply,
};

fn direct(data: impl Into<firehose_runtime::Bytes>) -> Record {
    Record::new("id", data)
}

fn take_all(request: &crate::service::Request) -> Reply {
    let all = vec![Ok(()); request.records().len()];
    match request.header("x-amz-target") {
        "Firehose_20150804.PutRecordBatch" => put_record_batch_reply(&all),
        _ => put_records_reply(&all),
    }
}

#[tokio::test]
async fn records_go_to_the_delivery_stream_of_the_arn() {
    let service = Service::start(take_all).await;
    assert_eq!(put_back(&service.sink(), [direct("one"), direct("")], None).await, ["", ""]);
    let request = &service.requests()[0];
    assert_eq!(request.header("x-amz-target"), "Firehose_20150804.PutRecordBatch");
    assert!(request.header("authorization").contains("/eu-west-1/firehose/"));
    assert_eq!(request.body["DeliveryStreamName"], "lake");
    assert_eq!(request.data(), ["one", ""]);
}

#[tokio::test]
async fn only_the_failed_entries_are_sent_again() {
    let first = [Ok(()), Err("ServiceUnavailableException"), Ok(()), Err("InternalFailure")];
    let replies = [
        put_record_batch_reply(&first),
        put_record_batch_reply(&[Err("ServiceUnavailableException"), Ok(())]),
        put_record_batch_reply(&[Ok(())]),
    ];
    let service = Service::replying(replies).await;
    let records = ["one", "two", "three", "four"].map(direct);
    assert_eq!(put_back(&service.sink(), records, None).await, [""; 4]);
    let sent: Vec<_> = service.requests().iter().map(|it| it.data()).collect();
    assert_eq!(sent, [vec!["one", "two", "three", "four"], vec!["two", "four"], vec!["two"]]);
}

#[tokio::test]
async fn requests_have_at_most_4_mib_and_500_records() {
    let service = Service::start(take_all).await;
    let mut records: Vec<_> = (0..5).map(|_| direct(vec![b'x'; 1_024_000])).collect();
    records.push(direct(vec![b'x'; 1_024_001]));
    records.extend((0..600).map(|it| direct(it.to_string())));
    let results = put_back(&service.sink(), records, None).await;
    let text = "PutRecordBatch to delivery stream lake: the record has 1024001 bytes; the limit is 1024000";
    assert_eq!(results[5], text);
    assert_eq!(results.iter().filter(|it| it.is_empty()).count(), 605);
    let sizes: Vec<_> = service.requests().iter().map(|it| it.records().len()).collect();
    assert_eq!(sizes, [4, 500, 101]);
}

#[tokio::test]
async fn records_of_mixed_sources_go_back_to_their_own_sources() {
    let service = Service::start(take_all).await;
    let records = [direct("one"), kinesis("a", "two"), direct("three")];
    assert_eq!(put_back(&service.sink(), records, None).await, ["", "", ""]);
    let sent: Vec<_> = service.requests().iter().map(|it| it.data()).collect();
    assert_eq!(sent, [vec!["two"], vec!["one", "three"]]);
}
