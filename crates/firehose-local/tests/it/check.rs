use std::fs;

use crate::firehose_local::{command, run, run_with};

const EVENT: &str =
    r#"{"records": [{"recordId": "1", "data": ""}, {"recordId": "2", "data": ""}]}"#;

#[test]
fn a_good_response_is_exit_code_0() {
    let folder = tempfile::tempdir().unwrap();
    let event = folder.path().join("event.json");
    fs::write(&event, EVENT).unwrap();
    let response = "\u{feff}{\"records\": [{\"recordId\": \"2\", \"result\": \"Dropped\"}, \
                    {\"recordId\": \"1\", \"result\": \"Ok\", \"data\": \"aGk=\"}]}";
    let run = run_with(command(&["check", event.to_str().unwrap(), "-"]), response);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.ends_with(
        "2 answers: 1 Ok, 1 Dropped, 0 ProcessingFailed. The response keeps Firehose's contract.\n"
    ));
}

#[test]
fn a_bad_response_is_exit_code_1() {
    let folder = tempfile::tempdir().unwrap();
    let response = folder.path().join("response.json");
    fs::write(&response, r#"{"records": [{"recordId": "1", "result": "Ok", "data": "?"}]}"#)
        .unwrap();
    let run = run_with(command(&["check", "-", response.to_str().unwrap()]), EVENT);
    assert_eq!(run.code, 1, "{run:?}");
    let violations = run.stdout.split("The response breaks Firehose's contract:\n").nth(1).unwrap();
    insta::assert_snapshot!(violations, @r#"
      record "1": `data` is not base64: invalid symbol at offset 0
        Firehose fails the batch with Lambda.JsonMappingException (documented) or Lambda.FunctionError (observed)
      record "2": not answered
        Firehose fails this record with Lambda.MissingRecordId, without a retry
    "#);
}

#[test]
fn files_that_make_no_sense_are_exit_code_2() {
    run(&["check", "-", "-"]).ends(2, "only one of EVENT and RESPONSE");
    run(&["check", "no-such.json", "-"]).ends(2, "cannot read no-such.json");
    run_with(command(&["check", "-", "Cargo.toml"]), "{}")
        .ends(2, "not a Firehose event: `records` is missing");
}
