//! `firehose-local event`: events from lines and files, and back.

use std::{fs, io::Read};

use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::firehose_local::{Run, command, run, run_with, square_values};

fn event(arguments: &[&str], input: &str) -> Run {
    run_with(command(&[&["event"], arguments].concat()), input)
}

fn payload(event: &Value, index: usize, field: &str) -> Vec<u8> {
    STANDARD.decode(event["records"][index][field].as_str().unwrap()).unwrap()
}

fn gunzip(data: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(data).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn each_line_is_a_record_that_a_function_answers() {
    let made = event(&[], "{\"a\": 2}\n\n{\"a\": 3}");
    made.ends(0, "");
    let event = made.response();
    assert_eq!(event["records"].as_array().unwrap().len(), 3);
    assert_eq!(payload(&event, 1, "data"), b"");
    let invoked = run_with(command(&["invoke", "--binary", square_values(), "-"]), &made.stdout);
    invoked.ends(0, "3 answers: 2 Ok, 0 Dropped, 1 ProcessingFailed. The response keeps");
    assert!(invoked.stderr.contains(r#"{"a":4}"#), "{}", invoked.stderr);
}

#[test]
fn an_event_has_the_form_of_its_source() {
    for (source, arn, field, metadata) in [
        ("direct-put", None, "data", None),
        ("kinesis", Some("sourceKinesisStreamArn"), "data", Some("kinesisRecordMetadata")),
        ("msk", Some("sourceMSKArn"), "kafkaRecordValue", Some("mskRecordMetadata")),
    ] {
        let event = event(&["--source", source], "x\ny\n").response();
        assert_eq!(payload(&event, 1, field), b"y", "{source}");
        for name in ["sourceKinesisStreamArn", "sourceMSKArn"] {
            assert_eq!(event.get(name).is_some(), arn == Some(name), "{source} {name}");
        }
        for name in ["kinesisRecordMetadata", "mskRecordMetadata"] {
            let record = &event["records"][0];
            assert_eq!(record.get(name).is_some(), metadata == Some(name), "{source} {name}");
        }
    }
}

#[test]
fn records_come_from_files_gzip_and_events() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path.into_os_string().into_string().unwrap()
    };
    let binary = path("binary", b"\xff\n\x00");
    let lines = path("lines", b"one\ntwo\n");
    let files = event(&["--format", "files", &binary, &lines], "").response();
    assert_eq!(payload(&files, 0, "data"), b"\xff\n\x00");
    assert_eq!(payload(&files, 1, "data"), b"one\ntwo\n");

    let packed = event(&["--gzip", "--format", "files", &lines], "").response();
    let packed = payload(&packed, 0, "data");
    assert_eq!(gunzip(&packed), "one\ntwo\n");
    let packed = path("packed.gz", &packed);
    let unpacked = event(&[&packed], "").response();
    assert_eq!(payload(&unpacked, 1, "data"), b"two");

    let kinesis = event(&["--source", "kinesis"], "one\ntwo\n").stdout;
    let direct = event(&["--format", "events"], &kinesis).stdout;
    assert_eq!(direct, event(&[], "one\ntwo\n").stdout);
}

#[test]
fn log_lines_make_one_envelope_and_decode_shows_the_log_events() {
    let arguments =
        ["--cloudwatch-logs", "--log-group", "/app", "--arrival-time", "2026-05-05T00:00:00Z"];
    let made = event(&arguments, "INFO start\n{\"level\":\"warn\"}\n");
    let sent = made.response();
    assert_eq!(sent["records"].as_array().unwrap().len(), 1);
    let envelope: Value = serde_json::from_str(&gunzip(&payload(&sent, 0, "data"))).unwrap();
    assert_eq!(
        (&envelope["messageType"], &envelope["logGroup"], &envelope["logStream"]),
        (&json!("DATA_MESSAGE"), &json!("/app"), &json!("example"))
    );
    assert_eq!(envelope["logEvents"][0]["timestamp"], 1_777_939_200_000_i64);
    assert_eq!(envelope["logEvents"][0]["id"].as_str().unwrap().len(), 56);
    assert_eq!(envelope["logEvents"][1]["message"], r#"{"level":"warn"}"#);

    let decoded = event(&["--decode", "-"], &made.stdout);
    let lines: Vec<_> = decoded.stdout.lines().collect();
    assert!(lines[0].ends_with(", gzip, cloudwatch-logs <=="), "{}", decoded.stdout);
    assert!(lines[1].ends_with(r#""message":"INFO start"}"#), "{}", decoded.stdout);
    assert!(lines[2].ends_with(r#""message":{"level":"warn"}}"#), "{}", decoded.stdout);
    assert_eq!(lines.len(), 3);
}

#[test]
fn decode_shows_events_and_responses_as_text_and_json() {
    let made = event(&["--source", "msk"], "{\"a\": 1.0}\nplain\n").stdout;
    let id = "4957267222366551442280524692665695463097248605953589248200000";
    let shown = event(&["--decode", "-"], &made).stdout;
    let expected =
        format!("==> record 1, {id}0 <==\n{{\"a\": 1.0}}\n==> record 2, {id}1 <==\nplain\n");
    assert_eq!(shown, expected);

    let response = r#"{"records": [
        {"recordId": "1", "result": "Ok", "data": "eyJhIjogMS4wfQ=="},
        {"recordId": "2", "result": "Ok", "data": "/wA="},
        {"recordId": "3", "result": "Dropped"},
        {"recordId": "4", "result": "ProcessingFailed", "data": "?"}
    ]}"#;
    let shown = event(&["--decode", "-", "--json"], response);
    assert!(shown.stdout.contains("{\"a\": 1.0}"), "{}", shown.stdout);
    let records = &shown.response()["records"];
    assert_eq!(records[0], json!({"recordId": "1", "result": "Ok", "json": {"a": 1.0}}));
    assert_eq!(records[1], json!({"recordId": "2", "result": "Ok", "base64": "/wA="}));
    assert_eq!(records[2], json!({"recordId": "3", "result": "Dropped"}));
    assert!(records[3]["error"].as_str().unwrap().starts_with("the payload is not base64"));
    let text = event(&["--decode", "-"], response).stdout;
    assert!(text.contains("==> record 2, 2, Ok, base64 <==\n/wA=\n"), "{text}");
}

#[test]
fn decode_shows_the_payloads_of_an_expected_json() {
    let expected = r#"{"records": [
        {"recordId": "1", "result": "Ok", "jsonLines": [{"a": 1.0}, 2]},
        {"result": "Ok", "json": {"a": 1.0}},
        {"result": "Ok", "text": "plain"},
        {"result": "Ok", "base64": "/wA="},
        {"result": "Dropped"},
        {"result": "ProcessingFailed", "cause": "no unit"}
    ]}"#;
    insta::assert_snapshot!(event(&["--decode", "-"], expected).stdout, @r#"
    ==> record 1, 1, Ok <==
    {"a": 1.0}
    2
    ==> record 2, Ok <==
    {"a": 1.0}
    ==> record 3, Ok <==
    plain
    ==> record 4, Ok, base64 <==
    /wA=
    ==> record 5, Dropped <==
    ==> record 6, ProcessingFailed, no unit <==
    "#);
}

#[test]
fn the_sample_events_can_be_decoded() {
    for name in ["cloudwatch-logs-processor", "apachelog", "syslog", "streams-as-source"] {
        let path = format!("fixtures/events/aws-sam-cli-rendered-{name}.json");
        let decoded = run(&["event", "--decode", &path]);
        decoded.ends(0, "");
        let logs = name == "cloudwatch-logs-processor";
        assert_eq!(decoded.stdout.contains(", gzip, cloudwatch-logs <=="), logs, "{name}");
    }
}

#[test]
fn a_case_is_written_once() {
    let folder = tempfile::tempdir().unwrap();
    let case = folder.path().join("cases/first");
    let case_text = case.to_str().unwrap();
    let first = event(&["--case", case_text], "{\"a\": 2}\n");
    let next = format!(
        "its expected.json, run `firehose-local test --update {case_text} --pipeline FILE`"
    );
    first.ends(0, &next);
    assert_eq!(first.stdout, "");
    let written = fs::read_to_string(case.join("event.json")).unwrap();
    assert_eq!(written, event(&[], "{\"a\": 2}\n").stdout);
    event(&["--case", case_text], "x").ends(2, "event.json exists already; choose another folder");
}

#[test]
fn invalid_input_is_exit_code_2() {
    for (arguments, input, message) in [
        (&["no-such-file"][..], "", "cannot read no-such-file"),
        (&["--cloudwatch-logs", "--gzip"], "", "cannot be used with"),
        (&["--log-group", "x"], "", "--cloudwatch-logs"),
        (&["--decode", "x", "--gzip"], "", "cannot be used with"),
        (&["--decode", "-"], "{}", "standard input: neither a response nor an event"),
        (&["--arrival-time", "today"], "", "--arrival-time"),
        (&["--format", "events"], "[]", "document 1 is not a Firehose event"),
    ] {
        event(arguments, input).ends(2, message);
    }
    let long = "x".repeat(1_100_000);
    event(&[], &long).ends(2, "record 1 has 1100000 bytes, and Firehose accepts at most 1024000");
}
