//! Hostile events. Each has a defined answer or a defined error.

use base64::{Engine, engine::general_purpose::STANDARD};
use firehose_runtime::{
    Answer, Event, Handler, MalformedEvent, Record, Report, contract, limits::MAX_RESPONSE_BYTES,
    transform_fn,
};
use serde_json::Value;

async fn answer(event: impl Into<Vec<u8>>) -> Result<Answer, MalformedEvent> {
    let event = event.into();
    let handler = Handler::new(transform_fn(|record: Record| record.into_data()));
    let answer = handler.answer(event.clone()).await?;
    let violations = contract::check(&Event::parse(&event).unwrap(), &answer.response);
    assert_eq!(violations, []);
    Ok(answer)
}

async fn error(event: impl Into<Vec<u8>>) -> String {
    answer(event).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_hundred_thousand_empty_records_are_answered() {
    let record = r#"{"recordId":"same","data":""}"#;
    let event = format!(r#"{{"records":[{}]}}"#, vec![record; 100_000].join(","));
    let report = answer(event).await.unwrap().report;
    assert_eq!((report.records, report.ok, report.bytes_in), (100_000, 100_000, 0));
    assert_eq!(report.repeated_ids, ["same"]);
}

/// Returns an event of records that have nothing but this id.
fn event_of_ids(id: &str, records: usize) -> String {
    let record = format!(r#"{{"recordId":{id}}}"#);
    format!(r#"{{"records":[{}]}}"#, vec![record; records].join(","))
}

#[tokio::test]
async fn a_response_is_within_lambdas_limit_for_any_number_of_records() {
    // `{"records":[...]}` and 50 bytes for each answer `ProcessingFailed`, without the last comma.
    let most = (MAX_RESPONSE_BYTES - 13) / 50;
    let answer = answer(event_of_ids(r#""same12""#, most)).await.unwrap();
    assert_eq!(answer.report.failures.len(), most);
    assert!(answer.response.len() <= MAX_RESPONSE_BYTES, "{}", answer.response.len());
    assert!(answer.response.len() > MAX_RESPONSE_BYTES - 100, "{}", answer.response.len());
    assert_eq!(
        error(event_of_ids(r#""123456""#, 200_000)).await,
        "the event cannot be answered: the answers to its records (200000) take at least 10000013 \
         bytes, and a response has at most 6291556 bytes; send fewer records or shorter ids"
    );
    let one_id = format!("\"{}\"", "x".repeat(MAX_RESPONSE_BYTES));
    assert!(error(event_of_ids(&one_id, 1)).await.contains("its records (1) take at least"));
}

#[tokio::test]
async fn half_of_a_surrogate_pair_in_an_id_is_answered_as_it_is_in_the_event() {
    for id in [r"\ud800", r"\uDFFF", r"a\ud800\ud83d\ude00\n", r"\udc00\ud800"] {
        let event = format!(
            r#"{{"records":[{{"recordId":"{id}","data":"aGk="}},{{"recordId":"{id}2","data":1}}]}}"#
        );
        let answer = answer(event).await.unwrap();
        let expected = format!(
            r#"{{"records":[{{"recordId":"{id}","result":"Ok","data":"aGk="}},{{"recordId":"{id}2","result":"ProcessingFailed"}}]}}"#
        );
        assert_eq!(answer.response, expected);
        let Report { without_id, repeated_ids, failures, .. } = answer.report;
        assert_eq!((without_id, repeated_ids.len(), failures.len()), (0, 0, 1));
        assert!(failures[0].record_id.contains(r"\ud"), "{}", failures[0].record_id);
    }
}

#[tokio::test]
async fn one_record_of_six_megabytes_is_answered() {
    let data = STANDARD.encode(vec![0; 4_717_000]);
    let event = format!(r#"{{"records":[{{"recordId":"1","data":"{data}"}}]}}"#);
    assert!(event.len() > 6_289_000);
    let answer = answer(event).await.unwrap();
    assert_eq!((answer.report.ok, answer.report.bytes_out), (1, 4_717_000));
}

#[tokio::test]
async fn a_record_id_of_a_megabyte_of_escapes_is_answered() {
    let id = r#"\u0000\"\\\n"#.repeat(100_000);
    let event = format!(r#"{{"records":[{{"recordId":"{id}","data":"aGk="}}]}}"#);
    let answer = answer(event).await.unwrap();
    let response: Value = serde_json::from_slice(&answer.response).unwrap();
    assert_eq!(response["records"][0]["recordId"], "\0\"\\\n".repeat(100_000));
    assert_eq!(response["records"][0]["data"], "aGk=");
}

#[tokio::test]
async fn bytes_that_are_not_json_are_an_error() {
    let start = br#"{"records":[{"recordId":""#;
    let with = |bytes: &[u8]| [start, bytes, br#"","data":"aGk="}]}"#].concat();
    assert_eq!(error(with(b"\xff")).await, "not a Firehose event: not UTF-8 at byte 25");
    assert_eq!(error(with(b"\xed\xa0\x80")).await, "not a Firehose event: not UTF-8 at byte 25");
    let control =
        "not a Firehose event: expected no control character in a string at line 1 column 26";
    assert_eq!(error(with(b"\0")).await, control);
    assert_eq!(
        error(b"\xef\xbb\xbf{}".as_slice()).await,
        "not a Firehose event: expected a value at line 1 column 1"
    );
    assert_eq!(
        error(vec![0; 6_000_000]).await,
        "not a Firehose event: expected a value at line 1 column 1"
    );
}

#[tokio::test]
async fn deep_nesting_is_safe_everywhere() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let event = format!(
        r#"{{"a":{deep},"region":{deep},"records":[{deep},{{"recordId":"1","b":{deep},"data":"","kinesisRecordMetadata":{{"shardId":{deep}}}}},{{"recordId":"2","data":{deep}}}]}}"#
    );
    let report = answer(event).await.unwrap().report;
    assert_eq!((report.ok, report.failures.len(), report.without_id), (1, 1, 1));
    assert_eq!(report.failures[0].cause, "`data` is an array, not a base64 string");
    let open = format!(r#"{{"records":[{}"#, "{\"a\":[".repeat(500_000));
    assert!(error(open).await.contains("expected a value at line 1"));
}

#[tokio::test]
async fn the_last_of_a_repeated_key_counts() {
    let event =
        r#"{"records":7,"records":[{"recordId":"1","recordId":"2","data":5,"d\u0061ta":"aGk="}]}"#;
    let answer = answer(event).await.unwrap();
    assert_eq!(answer.response, r#"{"records":[{"recordId":"2","result":"Ok","data":"aGk="}]}"#);
}
