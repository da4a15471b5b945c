use std::{
    io::{self, Read},
    sync::Arc,
};

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::source::input_file::tests::in_pieces;

fn all(content: &[u8], limit: usize) -> (Vec<InputItem>, Option<InputError>) {
    let mut events = EventRecords::new(in_pieces(content, &[1000, 1]), limit);
    let mut items = Vec::new();
    loop {
        match events.next(items.len() as u64 + 1) {
            Ok(Some(item)) => items.push(item),
            Ok(None) => return (items, None),
            Err(error) => return (items, Some(error)),
        }
    }
}

const DIRECT_PUT: &str = r#"{"invocationId": "i", "records": [
    {"recordId": "a", "approximateArrivalTimestamp": 1664029185290, "data": "b25l"},
    {"recordId": "b", "data": ""}
]}"#;

#[test]
fn records_keep_their_time_of_arrival_and_their_partition_key() {
    let msk = r#"{"sourceMSKArn": "arn", "records": [{
        "recordId": "c", "kafkaRecordValue": "dHdv",
        "mskRecordMetadata": {"offset": "0", "approximateArrivalTimestamp": 1716369573887}
    }]}"#;
    let kinesis = r#"{"records": [{
        "recordId": "d", "approximateArrivalTimestamp": 1622030317789, "data": "dGhyZWU=",
        "kinesisRecordMetadata": {"partitionKey": "sensor \u0041"}
    }]}"#;
    let (items, error) = all(format!("{DIRECT_PUT}{msk}\n{kinesis}").as_bytes(), 10);
    assert!(error.is_none());
    let record = |position, data: &'static str, arrival_timestamp, partition_key: Option<&str>| {
        InputItem::Record(PutRecord {
            position,
            data: data.into(),
            arrival_timestamp,
            partition_key: partition_key.map(Into::into),
            kafka: KafkaPosition {
                offset: (position == 3).then_some(0),
                ..KafkaPosition::default()
            },
        })
    };
    let millisecond = |it| Timestamp::from_millisecond(it).unwrap();
    let expected = [
        record(1, "one", Some(millisecond(1_664_029_185_290)), None),
        record(2, "", None, None),
        record(3, "two", Some(millisecond(1_716_369_573_887)), None),
        record(4, "three", Some(millisecond(1_622_030_317_789)), Some("sensor A")),
    ];
    assert_eq!(items, expected);
}

#[test]
fn an_unreadable_record_has_a_position() {
    let event = r#"{"records": [
        {"recordId": "a", "data": "%"}, {"data": "b25l"}, {"recordId": "b"},
        {"recordId": "c", "data": "bG9uZyBsb25n"}, 7
    ]}"#;
    let (items, error) = all(format!("{event}{DIRECT_PUT}").as_bytes(), 5);
    assert!(error.is_none());
    insta::assert_debug_snapshot!(&items[..5], @r#"
    [
        Unreadable {
            position: 1,
            reason: "`data` is not base64: invalid symbol at offset 0",
        },
        Unreadable {
            position: 2,
            reason: "`data` is missing",
        },
        TooLarge {
            position: 3,
            bytes: 9,
            limit: 5,
        },
        Unreadable {
            position: 4,
            reason: "`recordId` is missing, or the record is not an object",
        },
        Unreadable {
            position: 5,
            reason: "`recordId` is missing, or the record is not an object",
        },
    ]
    "#);
    assert!(matches!(&items[5], InputItem::Record(record) if record.position == 6));
    assert_eq!(items.len(), 7);
}

#[test]
fn a_document_that_is_not_an_event_is_an_error_after_the_earlier_records() {
    let error = |rest: &str| {
        let (items, error) = all(format!("\u{feff}{DIRECT_PUT}\n{rest}").as_bytes(), 10);
        assert_eq!(items.len(), 2);
        error.unwrap()
    };
    insta::assert_snapshot!(
        error("{\"Records\": []}"),
        @"cannot read test as events: document 2 is not a Firehose event: `records` is missing; it must be an array"
    );
    insta::assert_snapshot!(
        error("{\"records\": ["),
        @"cannot read test as events: document 2 is not JSON: expected a value at byte 173"
    );
    insta::assert_snapshot!(
        error("7"),
        @"cannot read test as events: document 2 is not a Firehose event: expected a JSON object, found a number"
    );
    insta::assert_snapshot!(
        all(b"{\"records\": [\xff", 10).1.unwrap(),
        @"cannot read test: the text is not UTF-8 at byte 13"
    );
}

#[test]
fn a_file_without_documents_has_no_records() {
    for content in ["", " \n", "\u{feff}"] {
        let (items, error) = all(content.as_bytes(), 10);
        assert!(items.is_empty() && error.is_none());
    }
}

#[test]
fn a_file_that_is_too_long_is_an_error() {
    let file =
        InputFile::new("spaces", io::repeat(b' ').take(MAX_WHOLE_FILE_BYTES + 1), Arc::default());
    let error = EventRecords::new(file, 10).next(1).unwrap_err();
    insta::assert_snapshot!(
        error,
        @"cannot read spaces: the file is longer than 268435456 bytes; split its events over several files"
    );
}

proptest! {
    #[test]
    fn any_text_gives_records_or_an_error(content in ".{0,200}", cut in 0..DIRECT_PUT.len()) {
        let _ = all(content.as_bytes(), 10);
        let _ = all(&DIRECT_PUT.as_bytes()[..cut], 10);
    }
}
