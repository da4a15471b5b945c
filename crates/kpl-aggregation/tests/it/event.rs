//! Kinesis events of Lambda.

use base64::{Engine, engine::general_purpose::STANDARD};
use kpl_aggregation::{
    Aggregator, Deaggregator, KinesisEvent, UserRecords, deaggregate_records,
    iter_deaggregate_records,
};
use md5::{Digest, Md5};

fn record(sequence_number: &str, data: &str) -> String {
    format!(
        r#"{{"kinesis": {{"kinesisSchemaVersion": "1.0", "partitionKey": "outer", "sequenceNumber": "{sequence_number}",
        "data": "{data}", "approximateArrivalTimestamp": 1518133507.0630}}, "eventID": "shardId-000000000000:{sequence_number}",
        "awsRegion": "eu-west-1", "more": [1.50, 1e3, "\u0041"]}}"#
    )
}

fn aggregate(data: &[&str]) -> String {
    let mut aggregator = Aggregator::default();
    for data in data {
        aggregator.add("inner", Some("7"), (*data).to_owned()).unwrap();
    }
    STANDARD.encode(aggregator.finish().unwrap().data())
}

#[test]
fn inherited_fields_are_written_unchanged() {
    let text = format!("[{}]", record("49", &aggregate(&["one", "two"])));
    let records = deaggregate_records(KinesisEvent::parse(&text).unwrap().records).user_records;
    let json = serde_json::to_string(&records[1]).unwrap();
    let expected = concat!(
        r#"{"kinesis":{"kinesisSchemaVersion":"1.0","sequenceNumber":"49","approximateArrivalTimestamp":1518133507.0630,"#,
        r#""explicitHashKey":"7","partitionKey":"inner","subSequenceNumber":1,"aggregated":true,"data":"dHdv"},"#,
        r#""eventID":"shardId-000000000000:49","awsRegion":"eu-west-1","more":[1.50, 1e3, "\u0041"]}"#
    );
    assert_eq!(json, expected);
    let record = &records[1];
    assert_eq!((record.partition_key(), record.explicit_hash_key()), ("inner", Some("7")));
    assert_eq!((record.sequence_number(), record.sub_sequence_number()), (Some("49"), 1));
    assert_eq!((record.data().as_ref(), record.is_aggregated()), (&b"two"[..], true));
}

#[test]
fn a_plain_record_is_written_unchanged() {
    let plain = record("50", "aGk=");
    let text = format!(r#"{{"Records": [{plain}]}}"#);
    let records = deaggregate_records(KinesisEvent::parse(&text).unwrap().records).user_records;
    assert_eq!(serde_json::to_string(&records[0]).unwrap(), plain);
    assert_eq!((records[0].partition_key(), records[0].is_aggregated()), ("outer", false));
}

#[test]
fn a_damaged_record_is_an_error_and_the_others_are_read() {
    let sound = record("51", "aGk=");
    let cases = [
        ("null", None, "the record or its field `kinesis` is not a JSON object"),
        ("\"s3cret\"", None, "the record or its field `kinesis` is not a JSON object"),
        (
            r#"{"kinesis": "s3cret"}"#,
            None,
            "the record or its field `kinesis` is not a JSON object",
        ),
        ("{}", None, "the field `kinesis` is missing"),
        (r#"{"kinesis": {"sequenceNumber": "7"}}"#, Some("7"), "its data is missing"),
        (r#"{"kinesis": {"sequenceNumber": "7", "data": null}}"#, Some("7"), "its data is missing"),
        (
            r#"{"kinesis": {"sequenceNumber": "7", "data": 5}}"#,
            Some("7"),
            "its data is not a string",
        ),
        (
            r#"{"kinesis": {"sequenceNumber": "7", "data": "s3cret?"}}"#,
            Some("7"),
            "its data is not base64",
        ),
    ];
    for (damaged, sequence_number, message) in cases {
        let text = format!("[{damaged}, {sound}]");
        let items: Vec<_> =
            iter_deaggregate_records(KinesisEvent::parse(&text).unwrap().records).collect();
        let error = items[0].as_ref().unwrap_err();
        assert_eq!(error.sequence_number(), sequence_number);
        let shown = error.to_string();
        assert!(shown.ends_with(message) && !shown.contains("s3cret"), "{shown}");
        assert_eq!(items[1].as_ref().unwrap().data(), "hi");
        let all = deaggregate_records(KinesisEvent::parse(&text).unwrap().records);
        assert_eq!((all.user_records.len(), all.errors.as_slice()), (1, &[error.clone()][..]));
    }
    for text in ["", "7", "\"s3cret\"", r#"{"Records": 7}"#] {
        let error = KinesisEvent::parse(text).unwrap_err().to_string();
        assert!(error.starts_with("not an event of a Kinesis stream: "), "{error}");
        assert!(!error.contains("s3cret"), "{error}");
    }
}

#[test]
fn upper_case_records_take_precedence_over_lower_case_records() {
    let records = record("1", "aGk=");
    for event in [
        format!(r#"{{"Records": [{records}]}}"#),
        format!(r#"{{"records": [{records}]}}"#),
        format!(r#"{{"Records": [{records}], "records": []}}"#),
        format!(r#"{{"records": [], "Records": [{records}]}}"#),
    ] {
        assert_eq!(KinesisEvent::parse(&event).unwrap().records.len(), 1, "{event}");
    }
}

#[test]
fn base64_may_have_line_breaks() {
    let text = format!("[{}]", record("52", r"aGVs\r\nbG8=\n"));
    let records = deaggregate_records(KinesisEvent::parse(&text).unwrap().records);
    assert_eq!(records.user_records[0].data(), "hello");
}

#[test]
fn options_apply_to_events() {
    let range = kpl_aggregation::HashKeyRange::new("8", "9").unwrap();
    let text = format!("[{}, {}]", record("53", &aggregate(&["x"])), record("54", "aGk="));
    let event = KinesisEvent::parse(&text).unwrap();
    let records: Vec<_> =
        Deaggregator::default().hash_key_range(range).iter_records(event.records).collect();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].as_ref().unwrap().sequence_number(), Some("54"));
}

#[test]
fn a_record_in_the_shape_of_firehose_is_converted() {
    let text = format!(
        r#"[{{"recordId": "r", "data": "{}", "kinesisRecordMetadata": {{"sequenceNumber": "49", "partitionKey": "a",
        "approximateArrivalTimestamp": 1562602080951, "shardId": "s", "subsequenceNumber": 0}}}}]"#,
        aggregate(&["one"])
    );
    let records = deaggregate_records(KinesisEvent::parse(&text).unwrap().records);
    let json = serde_json::to_string(&records.into_result().unwrap()).unwrap();
    let expected = concat!(
        r#"[{"kinesis":{"kinesisSchemaVersion":"1.0","sequenceNumber":"49","approximateArrivalTimestamp":1562602080951,"#,
        r#""explicitHashKey":"7","partitionKey":"inner","subSequenceNumber":0,"aggregated":true,"data":"b25l","recordId":"r"}}]"#
    );
    assert_eq!(json, expected);
}

#[test]
fn lost_user_records_are_an_error_beside_the_others() {
    // The table has one key. The first record uses it, and the second has index 9.
    let message = [0x0a, 1, b'k', 0x1a, 5, 8, 0, 0x1a, 1, b'x', 0x1a, 5, 8, 9, 0x1a, 1, b'y'];
    let damaged =
        STANDARD.encode([&[0xf3, 0x89, 0x9a, 0xc2], &message[..], &Md5::digest(message)].concat());
    let text = format!("[{}, {}]", record("57", &damaged), record("58", "aGk="));
    let event = KinesisEvent::parse(&text).unwrap();
    let records = deaggregate_records(event.records.iter().copied());
    let data: Vec<_> = records.user_records.iter().map(|it| it.data().as_ref()).collect();
    assert_eq!(data, [&b"x"[..], b"hi"]);
    let lost = records.errors[0].lost_records().unwrap();
    assert_eq!(
        (records.errors[0].sequence_number(), lost.first(), lost.count()),
        (Some("57"), 1, 1)
    );
    assert!(records.into_result().is_err());

    let strict: UserRecords =
        Deaggregator::default().strict(true).iter_records(event.records).collect();
    let data: Vec<_> = strict.user_records.iter().map(|it| it.data().as_ref()).collect();
    assert_eq!((data, strict.errors.len()), (vec![&b"hi"[..]], 1));
}

#[cfg(feature = "aws_lambda_events")]
#[test]
fn typed_records_give_the_same_user_records() {
    use aws_lambda_events::event::kinesis::KinesisEvent as TypedEvent;
    use serde_json::{Value, json};
    let record = |data: &str| {
        json!({
            "kinesis": {
                "kinesisSchemaVersion": "1.0", "partitionKey": "outer", "sequenceNumber": "55", "data": data,
                "approximateArrivalTimestamp": 1_518_133_507.063, "encryptionType": "KMS",
            },
            "eventSource": "aws:kinesis", "eventVersion": "1.0", "eventID": "shardId-000000000000:55",
            "eventName": "aws:kinesis:record", "invokeIdentityArn": "arn:role", "awsRegion": "eu-west-1",
            "eventSourceARN": "arn:stream",
        })
    };
    let text =
        json!({"Records": [record(&aggregate(&["one", "two"])), record("aGk=")]}).to_string();
    let typed: TypedEvent = serde_json::from_str(&text).unwrap();
    let typed = deaggregate_records(typed.records).into_result().unwrap();
    let raw =
        deaggregate_records(KinesisEvent::parse(&text).unwrap().records).into_result().unwrap();
    let as_value = |it| -> Value { serde_json::to_value(it).unwrap() };
    assert_eq!(as_value(&typed), as_value(&raw));
    assert_eq!(raw.len(), 3);
}
