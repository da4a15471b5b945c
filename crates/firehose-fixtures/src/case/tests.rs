use std::{
    fs,
    sync::atomic::{AtomicUsize, Ordering},
};

use firehose_runtime::{Handler, Record, Source, transform_fn};

use super::*;
use crate::fixture_function::FunctionAnswer;

const EVENT: &str = r#"{"records": [
    {"recordId": "1", "data": "eyJhIjoxLjAsImIiOjJ9"}, {"recordId": "2", "data": "?"}
]}"#;

fn read(folder: &Path) -> Result<FixtureCase, String> {
    FixtureCase::read(folder, CauseRule::Required)
}

/// Runs a case with this `expected.json` in the form of each source.
async fn check(expected: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("event.json"), EVENT).unwrap();
    fs::write(folder.path().join("expected.json"), expected).unwrap();
    let case = read(folder.path())?;
    let handler = Handler::new(transform_fn(|record: Record| record.into_data()));
    for source in case.sources() {
        case.check(&handler, source).await.map_err(|mismatch| mismatch.to_string())?;
    }
    Ok(())
}

async fn check_records(first: &str, second: &str) -> Result<(), String> {
    check(&format!(r#"{{"records": [{first}, {second}]}}"#)).await
}

const FIRST: &str = r#"{"result": "Ok", "json": { "a": 1.0, "b" : 2 }}"#;
const SECOND: &str = r#"{"recordId": "2", "result": "ProcessingFailed", "cause": "base64"}"#;

#[tokio::test]
async fn an_update_writes_nothing_if_two_runs_differ() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("event.json"), EVENT).unwrap();
    let case = read(folder.path()).unwrap();
    let calls = AtomicUsize::new(0);
    let handler = Handler::new(transform_fn(move |_: Record| {
        format!("call {}", calls.fetch_add(1, Ordering::Relaxed))
    }));
    let error = case.update(&handler).await.unwrap_err().to_string();
    assert!(error.starts_with("two runs differ, so nothing is written"), "{error}");
    assert!(!folder.path().join("expected.json").exists());
}

#[tokio::test]
async fn an_equivalent_response_passes() {
    for first in [
        FIRST,
        r#"{"result": "Ok", "text": "{\"a\":1.0,\"b\":2}"}"#,
        r#"{"result": "Ok", "base64": "eyJhIjoxLjAsImIiOjJ9"}"#,
    ] {
        check_records(first, SECOND).await.unwrap();
    }
}

#[tokio::test]
async fn a_different_response_fails_with_its_differences() {
    let text = |text: &str| format!(r#"{{"result": "Ok", "text": "{text}"}}"#);
    for (first, second, difference) in [
        (
            r#"{"result": "Ok", "json": {"b":2,"a":1.0}}"#,
            SECOND,
            "    .: the keys have another order",
        ),
        (r#"{"result": "Ok", "json": {"a":1,"b":2}}"#, SECOND, "    .a: expected 1, found 1.0"),
        (r#"{"result": "Ok", "text": "{}"}"#, SECOND, "    .a: expected no value, found 1.0"),
        (&text("a"), SECOND, "payload: expected the text \"a\", found the JSON value {\"a\":1.0"),
        (r#"{"result": "Ok", "base64": ""}"#, SECOND, "payload: expected the text \"\""),
        (
            r#"{"result": "Dropped"}"#,
            SECOND,
            "result: expected \"Dropped\", found \"Ok\" with the payload the JSON value {",
        ),
        (
            r#"{"recordId": "3", "result": "Ok", "json": {"a":1.0,"b":2}}"#,
            SECOND,
            "record 1, recordId \"1\"\n    recordId: expected \"3\", found \"1\"",
        ),
        (
            r#"{"result": "Ok", "json": {"a":1.0,"b":2}, "partitionKeys": {"k": "v"}}"#,
            SECOND,
            "partitionKeys.k: expected \"v\", found no such key",
        ),
        (
            r#"{"result": "Ok", "json": {"a":1.0,"b":2}, "iceberg": {"database": "d", "table": "t"}}"#,
            SECOND,
            "iceberg: expected {\"database\":\"d\",\"table\":\"t\"}, found null",
        ),
        (
            FIRST,
            r#"{"result": "ProcessingFailed", "cause": "panicked"}"#,
            "record 2, recordId \"2\"\n    cause: expected a text with \"panicked\", found \"",
        ),
        (FIRST, FIRST, "result: expected \"Ok\", found \"ProcessingFailed\" with the cause \""),
    ] {
        let problem = check_records(first, second).await.unwrap_err();
        assert!(problem.contains(difference), "{problem}");
    }
    let problem = check(&format!(r#"{{"records": [{FIRST}]}}"#)).await.unwrap_err();
    assert!(problem.contains("  records: expected 1, found 2\n"), "{problem}");
    assert!(problem.contains("result: expected no such record, found"), "{problem}");
    assert!(check(r#"{"records": []}"#).await.is_err());
    assert!(check(r#"{"invocationError": "x"}"#).await.is_err());
}

#[tokio::test]
async fn an_invalid_expected_json_is_rejected() {
    for (expected, problem) in [
        ("{}", "has neither `records` nor `invocationError`"),
        (r#"{"records": [], "invocationError": ""}"#, "has both"),
        (r#"{"records": [{"result": "Ok"}]}"#, "records[0]: `Ok` needs one of"),
        (r#"{"records": [{"result": "OK", "text": ""}]}"#, "`result` is \"OK\""),
        (r#"{"records": [{"result": "ProcessingFailed"}]}"#, "needs a `cause`"),
        (r#"{"records": [{"result": "Dropped", "text": ""}]}"#, "only `Ok` has"),
        (r#"{"records": [{"result": "Dropped", "cause": "x"}]}"#, "only `ProcessingFailed`"),
        (r#"{"records": [{"result": "Dropped", "data": ""}]}"#, "unknown field `data`"),
        (r#"{"invocationError": ""}"#, "`invocationError` is empty"),
        (r#"{"records": [{"result": "ProcessingFailed", "cause": ""}]}"#, "`cause` is empty"),
        (
            r#"{"records": [{"result": "Ok", "base64": "?"}]}"#,
            "the value of `base64` is not valid base64",
        ),
        (r#"{"records": [], "sources": ["sqs"]}"#, "unknown variant `sqs`"),
        (r#"{"records": [{"result": "Ok", "text": "", "json": 1}]}"#, "records[0]: `Ok` needs one"),
        (
            r#"{"records": [{"result": "Ok", "text": "", "finalNewline": false}]}"#,
            "`finalNewline` belongs to `jsonLines`",
        ),
        (r#"{"records": [], "matching": {"a": "any"}}"#, "\"a\" is not a path"),
        (
            r#"{"records": [], "matching": {".a": "date"}}"#,
            "\"date\" is not a rule; use one of any",
        ),
    ] {
        let error = check(expected).await.unwrap_err();
        assert!(error.contains(problem) && error.contains("expected.json"), "{error}");
    }
}

#[tokio::test]
async fn an_update_writes_a_file_that_passes() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("event.json"), EVENT).unwrap();
    let handler = Handler::new(transform_fn(|record: Record| record.into_data()));
    let case = read(folder.path()).unwrap();
    let missing = case.check(&handler, SourceShape::DirectPut).await.unwrap_err().to_string();
    assert!(missing.contains("UPDATE_FIXTURES=1"), "{missing}");

    case.update(&handler).await.unwrap();
    let case = read(folder.path()).unwrap();
    case.check(&handler, SourceShape::DirectPut).await.unwrap();
    let written = fs::read_to_string(folder.path().join("expected.json")).unwrap();
    assert!(written.contains(r#""json": {"a":1.0,"b":2}"#), "{written}");
}

#[tokio::test]
async fn an_update_writes_causes_that_pass_for_every_source() {
    for own in SourceShape::ALL {
        let folder = tempfile::tempdir().unwrap();
        let event = own.translate(serde_json::from_str(EVENT).unwrap()).to_string();
        fs::write(folder.path().join("event.json"), event).unwrap();
        let handler = Handler::new(transform_fn(|record: Record| record.into_data()));
        let case = read(folder.path()).unwrap();
        assert_eq!(case.own_source(), own);
        case.update(&handler).await.unwrap();
        let case = read(folder.path()).unwrap();
        for source in SourceShape::ALL {
            case.check(&handler, source).await.unwrap();
        }
    }
}

#[tokio::test]
async fn an_update_uses_the_sources_of_the_case() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("event.json"), EVENT).unwrap();
    let expected = r#"{"sources": ["kinesis"], "records": []}"#;
    fs::write(folder.path().join("expected.json"), expected).unwrap();
    let source = |record: Record| matches!(record.source(), Source::Kinesis(_)).to_string();
    let handler = Handler::new(transform_fn(source));
    read(folder.path()).unwrap().update(&handler).await.unwrap();
    let case = read(folder.path()).unwrap();
    assert_eq!(case.sources(), [SourceShape::Kinesis]);
    case.check(&handler, SourceShape::Kinesis).await.unwrap();
}

#[tokio::test]
async fn an_update_keeps_a_file_that_passes() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("event.json"), EVENT).unwrap();
    let expected = format!(r#"{{"records":[{FIRST},{SECOND}]}}"#);
    fs::write(folder.path().join("expected.json"), &expected).unwrap();
    let handler = Handler::new(transform_fn(|record: Record| record.into_data()));
    read(folder.path()).unwrap().update(&handler).await.unwrap();
    assert_eq!(fs::read_to_string(folder.path().join("expected.json")).unwrap(), expected);
}

/// Writes a case whose event has this text as its only payload.
fn case_folder(payload: &str, expected: Option<&str>) -> tempfile::TempDir {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let folder = tempfile::tempdir().unwrap();
    let data = STANDARD.encode(payload);
    let event = format!(r#"{{"records": [{{"recordId": "1", "data": "{data}"}}]}}"#);
    fs::write(folder.path().join("event.json"), event).unwrap();
    if let Some(expected) = expected {
        fs::write(folder.path().join("expected.json"), expected).unwrap();
    }
    folder
}

fn echo() -> Handler<impl firehose_runtime::Transform> {
    Handler::new(transform_fn(|record: Record| record.into_data()))
}

/// Updates a case, and returns the new text of `expected.json` after a check of each source.
async fn update(folder: &Path) -> String {
    read(folder).unwrap().update(&echo()).await.unwrap();
    let case = read(folder).unwrap();
    for source in SourceShape::ALL {
        case.check(&echo(), source).await.unwrap();
    }
    fs::read_to_string(folder.join("expected.json")).unwrap()
}

#[tokio::test]
async fn a_new_case_has_a_list_of_json_and_an_old_case_keeps_its_text() {
    let lines = "{\"a\":1}\n{\"a\":2}\n";
    let written = update(case_folder(lines, None).path()).await;
    let list = "\"jsonLines\": [\n        {\"a\":1},\n        {\"a\":2}\n      ]\n";
    assert!(written.contains(list), "{written}");

    let old = r#"{"records": [{"result": "Ok", "text": "{\"a\":1}\n{\"a\":3}\n"}]}"#;
    let written = update(case_folder(lines, Some(old)).path()).await;
    assert!(written.contains(r#""text": "{\"a\":1}\n{\"a\":2}\n""#), "{written}");
    assert!(!written.contains("recordId"), "{written}");

    // A file that has no lines of JSON yet takes the new form.
    let other = r#"{"records": [{"result": "Ok", "json": 1}]}"#;
    let written = update(case_folder(lines, Some(other)).path()).await;
    assert!(written.contains("jsonLines"), "{written}");
}

#[tokio::test]
async fn rules_accept_values_that_change_and_survive_an_update() {
    let expected = r#"{
        "matching": {".at": "timestamp"},
        "records": [{"result": "Ok", "jsonLines": [{"at": "2026-01-01T00:00:00Z", "n": 1}]}]
    }"#;
    let check = async |payload: &str| {
        let folder = case_folder(payload, Some(expected));
        let case = read(folder.path()).unwrap();
        let checked = case.check(&echo(), SourceShape::Msk).await;
        checked.map_err(|mismatch| mismatch.to_string())
    };
    check("{\"at\":\"2030-12-31T23:59:59.5+01:00\",\"n\":1}\n").await.unwrap();
    let problem = check("{\"at\":\"now\",\"n\":1}\n").await.unwrap_err();
    assert!(
        problem.contains("line 1 .at: expected a time in RFC 3339, found \"now\""),
        "{problem}"
    );

    let folder = case_folder("{\"at\":\"2030-12-31T23:59:59Z\",\"n\":2}\n", Some(expected));
    let written = update(folder.path()).await;
    assert!(written.contains(r#"{"at":"2026-01-01T00:00:00Z","n":2}"#), "{written}");
    assert!(written.contains(r#"".at": "timestamp""#), "{written}");
}

#[tokio::test]
async fn a_difference_in_a_time_names_its_rule() {
    let expected = r#"{"records": [{"result": "Ok", "json": {"at": "2026-01-01T00:00:00Z"}}]}"#;
    let folder = case_folder(r#"{"at":"2026-01-01T00:00:01Z"}"#, Some(expected));
    let case = read(folder.path()).unwrap();
    let problem = case.check(&echo(), SourceShape::DirectPut).await.unwrap_err().to_string();
    let hint = "if these values change with each run, add to `matching`: \".at\": \"timestamp\"";
    assert!(problem.ends_with(hint), "{problem}");
}

#[tokio::test]
async fn a_payload_that_looks_like_rules_is_data() {
    let payload = r#"{"matching":{".at":"any"},"pattern":".*"}"#;
    let folder = case_folder(payload, None);
    update(folder.path()).await;
    let other = case_folder(r#"{"matching":{".at":"any"},"pattern":"x"}"#, None);
    fs::copy(folder.path().join("expected.json"), other.path().join("expected.json")).unwrap();
    let case = read(other.path()).unwrap();
    let problem = case.check(&echo(), SourceShape::DirectPut).await.unwrap_err().to_string();
    assert!(problem.contains(".pattern: expected \".*\", found \"x\""), "{problem}");
}

#[tokio::test]
async fn a_rule_without_a_value_fails() {
    for expected in [
        r#"{"matching": {".b": "any"}, "records": [{"result": "Ok", "json": {"a": 1}}]}"#,
        r#"{"records": [{"result": "Ok", "json": {"a": 1}, "matching": {".b": "any"}}]}"#,
    ] {
        let folder = case_folder(r#"{"a":1}"#, Some(expected));
        let case = read(folder.path()).unwrap();
        let problem = case.check(&echo(), SourceShape::DirectPut).await.unwrap_err().to_string();
        assert!(
            problem.contains("no value at .b; correct the path")
                || problem.contains("has a value at .b; correct the path"),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn an_update_names_the_rules_for_values_that_differ_in_each_run() {
    let folder = case_folder("", None);
    let calls = AtomicUsize::new(0);
    let handler = Handler::new(transform_fn(move |_: Record| {
        let call = calls.fetch_add(1, Ordering::Relaxed);
        format!("{{\"call\":{call},\"at\":\"2026-01-01T00:00:0{call}Z\"}}\n")
    }));
    let error = read(folder.path()).unwrap().update(&handler).await.unwrap_err().to_string();
    let file = r#"{"matching":{".at":"timestamp",".call":"integer"},"records":[]}"#;
    assert!(error.contains(&format!("add their rules to expected.json, as in {file}")), "{error}");
    fs::write(folder.path().join("expected.json"), file).unwrap();
    read(folder.path()).unwrap().update(&handler).await.unwrap();
    read(folder.path()).unwrap().check(&handler, SourceShape::Kinesis).await.unwrap();
}

#[tokio::test]
async fn a_cause_that_a_function_does_not_report_is_not_compared() {
    struct Silent;

    #[firehose_runtime::async_trait]
    impl FixtureFunction for Silent {
        async fn answer(&self, _: String) -> Result<FunctionAnswer, String> {
            let response = r#"{"records": [{"recordId": "1", "result": "ProcessingFailed"}]}"#;
            let response = response.into();
            Ok(FunctionAnswer::Response { response, causes: vec![None] })
        }
    }

    let expected = r#"{"records": [{"result": "ProcessingFailed", "cause": "any"}]}"#;
    let folder = case_folder("x", Some(expected));
    read(folder.path()).unwrap().check(&Silent, SourceShape::DirectPut).await.unwrap();
    fs::remove_file(folder.path().join("expected.json")).unwrap();
    read(folder.path()).unwrap().update(&Silent).await.unwrap();
    let error = read(folder.path()).unwrap_err();
    assert!(error.contains("needs a `cause`"), "{error}");
    let case = FixtureCase::read(folder.path(), CauseRule::Optional).unwrap();
    case.check(&Silent, SourceShape::DirectPut).await.unwrap();
}
