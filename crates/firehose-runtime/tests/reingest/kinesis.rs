//! The requests of `PutRecords`.

use firehose_runtime::{
    MskMetadata, Record, Source,
    reingest::{Origin, Reingest},
};

use crate::service::{Service, kinesis, put_back, put_records_reply, texts};

#[tokio::test]
async fn records_go_to_the_stream_of_the_arn_with_their_partition_keys() {
    let service = Service::replying([put_records_reply(&[Ok(()), Ok(())])]).await;
    let results =
        put_back(&service.sink(), [kinesis("user-7", "one"), kinesis("ключ", "")], None).await;
    assert_eq!(results, ["", ""]);

    let request = &service.requests()[0];
    assert_eq!(request.header("x-amz-target"), "Kinesis_20131202.PutRecords");
    // The region comes from the ARN, and not from the client.
    assert!(request.header("authorization").contains("/eu-west-1/kinesis/"));
    let arn = "arn:aws:kinesis:eu-west-1:111122223333:stream/orders";
    assert_eq!(request.body["StreamARN"], arn);
    assert_eq!(request.data(), ["one", ""]);
    let keys: Vec<_> = request.records().iter().map(|it| &it["PartitionKey"]).collect();
    assert_eq!(keys, ["user-7", "ключ"]);
    assert!(request.records()[0].get("ExplicitHashKey").is_none());
}

#[tokio::test]
async fn an_explicit_hash_key_is_sent_if_known() {
    let service = Service::replying([put_records_reply(&[Ok(()), Ok(())])]).await;
    let sink = service.sink().with_explicit_hash_key(|record| match record.text().unwrap() {
        "unknown" => None,
        "panic" => panic!("told to panic"),
        text => Some(text.to_owned()),
    });
    let texts = ["170141183460469231731687303715884105728", "unknown", "2^127", "panic"];
    let results = put_back(&sink, texts.map(|text| kinesis("a", text)), None).await;
    assert_eq!(results[..2], ["", ""]);
    assert!(results[2].contains("must be a decimal number"), "{results:?}");
    assert!(results[3].contains("panicked"), "{results:?}");

    let request = &service.requests()[0];
    assert_eq!(request.data(), texts[..2]);
    assert_eq!(request.records()[0]["ExplicitHashKey"], texts[0]);
    assert!(request.records()[1].get("ExplicitHashKey").is_none());
}

#[tokio::test]
async fn a_record_that_cannot_go_back_has_an_error_and_fails_no_other() {
    let service =
        Service::start(|request| put_records_reply(&vec![Ok(()); request.records().len()])).await;
    let records = [
        kinesis("a", "one"),
        kinesis("", "two"),
        kinesis(&"k".repeat(257), "three"),
        kinesis("a", vec![b'x'; 10 * 1024 * 1024]),
        Record::new("id", "five").with_source(Source::Msk(MskMetadata::new("0", "1"))),
        kinesis("a", "six"),
    ];
    let results = put_back(&service.sink(), records, None).await;
    assert_eq!((&*results[0], &*results[5]), ("", ""));
    assert_eq!(results[1], "`kinesisRecordMetadata` has no `partitionKey`");
    assert_eq!(results[2], "`partitionKey` has 257 characters; the limit is 256");
    assert_eq!(
        results[3],
        "PutRecords to stream orders: the record has 10485761 bytes; the limit is 10485760"
    );
    assert_eq!(results[4], "records cannot be put back to an MSK topic");
    assert_eq!(service.requests().len(), 1);
    assert_eq!(service.requests()[0].data(), ["one", "six"]);
}

#[tokio::test]
async fn requests_have_at_most_500_records_and_long_records_go_alone() {
    let service =
        Service::start(|request| put_records_reply(&vec![Ok(()); request.records().len()])).await;
    let mut records: Vec<_> = (0..1001).map(|it| kinesis("a", it.to_string())).collect();
    records.insert(2, kinesis("a", vec![b'x'; 1024 * 1024]));
    let sent: Vec<_> = records.iter().map(|it| it.text().unwrap().to_owned()).collect();
    let results = put_back(&service.sink(), records, None).await;
    assert_eq!(results, vec![""; 1002]);
    let requests = service.requests();
    let sizes: Vec<_> = requests.iter().map(|it| it.records().len()).collect();
    assert_eq!(sizes, [2, 1, 500, 499]);
    assert_eq!(requests.iter().flat_map(|it| it.data()).collect::<Vec<_>>(), sent);
}

#[tokio::test]
async fn an_event_without_a_valid_arn_is_an_error() {
    let service = Service::replying([]).await;
    let sink = service.sink();
    let mut origin = Origin::default();
    let back = |origin: Origin| {
        let sink = &sink;
        async move {
            let records = vec![kinesis("a", "one"), Record::new("id", "two")];
            texts(sink.put_back(&origin, records, None).await)
        }
    };
    let missing =
        ["the event has no `sourceKinesisStreamArn`", "the event has no `deliveryStreamArn`"];
    assert_eq!(back(origin.clone()).await, missing);
    origin.source_kinesis_stream_arn = Some("orders".to_owned());
    origin.delivery_stream_arn = Some("arn:aws:firehose:::stream/lake".to_owned());
    assert_eq!(
        back(origin).await,
        [
            "`sourceKinesisStreamArn` of the event is not an ARN of a kinesis stream",
            "`deliveryStreamArn` of the event is not an ARN of a firehose deliverystream",
        ]
    );
    assert!(service.requests().is_empty());
}
