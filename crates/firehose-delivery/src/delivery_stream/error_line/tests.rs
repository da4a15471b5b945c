use std::fs;

use proptest::prelude::*;

use super::*;
use crate::delivery_stream::DeliveryFailure;

fn written(line: &ErrorLine) -> String {
    let mut text = Vec::new();
    line.write(&mut text);
    String::from_utf8(text).unwrap()
}

fn captured() -> Vec<String> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let lines = fs::read_to_string(format!("{root}/fixtures/error-lines/captured.jsonl"));
    lines.unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn a_line_of_firehose_is_parsed_and_written_unchanged() {
    let lines = captured();
    assert_eq!(lines.len(), 3);
    for line in [&lines[0], &lines[2]] {
        let read = ErrorLine::parse(line.as_bytes()).unwrap();
        assert_eq!(written(&read), format!("{line}\n"));
    }
}

#[test]
fn a_line_of_another_destination_is_parsed() {
    let line = ErrorLine::parse(captured()[1].as_bytes()).unwrap();
    assert_eq!(line.error_code.as_deref(), Some("Splunk.InvalidToken"));
    assert_eq!(
        (line.attempts_made, line.arrival_timestamp),
        (Some(5), Some(Timestamp::constant(1_741_163_012, 0)))
    );
    assert!(line.raw_data.starts_with(b"{index:") && line.lambda_arn.is_none());
}

#[test]
fn a_line_in_the_documented_form_is_parsed() {
    let line = ErrorLine::parse(
        br#" {"attemptsMade": "4", "arrivalTimestamp": "1741088912364", "errorCode": "c",
            "errorMessage": "m", "attemptEndingTimestamp": "", "rawData": "YWI",
            "lambdaArn": "arn", "subsequenceNumber": [{}, 1]}
        "#,
    )
    .unwrap();
    insta::assert_snapshot!(written(&line), @r#"{"rawData":"YWI=","errorCode":"c","errorMessage":"m","attemptsMade":4,"arrivalTimestamp":1741088912364,"lambdaARN":"arn"}"#);
}

#[test]
fn a_failure_is_written_with_its_code_and_message() {
    let failure = DeliveryFailure::ProcessingFailed;
    let line = ErrorLine {
        error_code: Some(failure.error_code().into()),
        error_message: Some(failure.error_message().into()),
        attempts_made: Some(1),
        ..ErrorLine::new(Bytes::from_static(b"\"\xff\n"))
    };
    insta::assert_snapshot!(written(&line), @r#"{"rawData":"Iv8K","errorCode":"Lambda.ProcessingFailedStatus","errorMessage":"ProcessingFailed status set for record","attemptsMade":1}"#);
}

#[test]
fn an_error_names_the_fault_and_quotes_no_data() {
    let error = |line: &str| ErrorLine::parse(line.as_bytes()).unwrap_err().to_string();
    insta::assert_snapshot!(
        [
            "",
            "\"secret\"",
            "{\"rawData\":\"secret\"",
            "{}",
            "{\"rawData\":null}",
            "{\"rawData\":[\"secret\"]}",
            "{\"rawData\":\"not secret\"}",
            "{\"rawData\":\"\",\"attemptsMade\":\"secret\"}",
            "{\"rawData\":\"\",\"attemptsMade\":-1}",
            "{\"rawData\":\"\",\"errorCode\":{}}",
        ]
        .map(error)
        .join("\n"),
        @r"
    the line is not a JSON object; reading stopped at column 0
    the line is not a JSON object; reading stopped at column 8
    the line is not a JSON object; reading stopped at column 19
    `rawData`, which holds the record, is missing
    `rawData`, which holds the record, is missing
    `rawData` has the wrong type
    `rawData` is not base64
    `attemptsMade` has the wrong type
    `attemptsMade` has the wrong type
    `errorCode` has the wrong type
    "
    );
}

#[test]
fn a_number_outside_the_range_of_times_is_an_unknown_time() {
    let line = format!(r#"{{"rawData":"","arrivalTimestamp":{}}}"#, i64::MAX);
    assert_eq!(ErrorLine::parse(line.as_bytes()).unwrap().arrival_timestamp, None);
}

proptest! {
    #[test]
    fn a_written_line_can_be_parsed(
        data in prop::collection::vec(any::<u8>(), 0..300),
        message: Option<String>,
        attempts: Option<u64>,
        arrival in prop::option::of(-377_705_023_201_000i64..=253_402_207_200_000),
    ) {
        let line = ErrorLine {
            error_message: message.map(Cow::Owned),
            attempts_made: attempts,
            arrival_timestamp: arrival.map(|it| Timestamp::from_millisecond(it).unwrap()),
            ..ErrorLine::new(data.into())
        };
        let text = written(&line);
        prop_assert_eq!(text.find('\n'), Some(text.len() - 1));
        prop_assert_eq!(ErrorLine::parse(text.as_bytes()).unwrap(), line);
    }
}
