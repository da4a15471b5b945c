use std::fs;

use crate::firehose_local::{command, run, run_with, square_values, workspace};

const EVENT: &str =
    r#"{"records": [{"recordId": "1", "data": ""}, {"recordId": "2", "data": ""}]}"#;

#[test]
fn a_valid_response_exits_with_0() {
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
fn an_invalid_response_exits_with_1() {
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
fn invalid_files_exit_with_2() {
    run(&["check", "-", "-"]).ends(2, "only one of EVENT and RESPONSE");
    run(&["check", "no-such.json", "-"]).ends(2, "cannot read no-such.json");
    run_with(command(&["check", "-", "Cargo.toml"]), "{}")
        .ends(2, "not a Firehose event: `records` is missing");
}

#[test]
fn a_number_is_a_valid_partition_key_and_an_object_is_not_a_valid_payload() {
    let check = |case: &str| {
        let folder = workspace().join("fixtures/verdicts").join(case).display().to_string();
        let [event, response] = ["event", "response"].map(|it| format!("{folder}/{it}.json"));
        run(&["check", &event, &response])
    };
    let number_key = check("number-key");
    assert_eq!(number_key.code, 0, "{number_key:?}");
    let object_data = check("object-data");
    assert_eq!(object_data.code, 1, "{object_data:?}");
    assert!(object_data.stdout.contains("`data` is an object; it must be a base64 string"));
    assert!(object_data.stdout.contains("the whole batch fails with Lambda.FunctionError"));
}

#[test]
fn a_missing_partition_key_of_the_prefix_has_the_message_of_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).into_os_string().into_string().unwrap();
    let (event, response) = (path("event.json"), path("response.json"));
    fs::write(&event, EVENT).unwrap();
    let keys = r#"{"partitionKeys": {"customer": "c"}}"#;
    fs::write(
        &response,
        format!(
            r#"{{"records": [{{"recordId": "1", "result": "Ok", "data": ""}},
            {{"recordId": "2", "result": "Ok", "data": "", "metadata": {keys}}}]}}"#
        ),
    )
    .unwrap();
    let prefix = "p/!{partitionKeyFromLambda:customer}/";
    let checked = run(&["check", "--prefix", prefix, &event, &response]);
    assert_eq!(checked.code, 6, "{checked:?}");
    let missing = checked.stdout.split("keeps Firehose's contract.\n").nth(1).unwrap();
    insta::assert_snapshot!(missing, @r#"
    The prefix needs partition keys that the response does not have:
      record "1": the partition key `customer` of the prefix is missing
        Firehose fails this record with DynamicPartitioning.MetadataExtractionFailed (observed)
    "#);
    assert_eq!(run(&["check", "--prefix", "p/", &event, &response]).code, 0);
    let json = run(&["check", "--json", "--prefix", prefix, &event, &response]).response();
    assert_eq!((&json["contractKept"], &json["exitCode"]), (&true.into(), &6.into()));
    assert_eq!(json["missingPartitionKeys"][0]["recordId"], "1");
    run(&["check", "--prefix", "!{no}", &event, &response]).ends(2, "'--prefix <PREFIX>': ");

    let (input, to) = (path("input"), path("to"));
    fs::write(&input, "{\"a\":1}\n").unwrap();
    let function = ["--binary", square_values(), "--prefix", prefix];
    let arguments = ["--delivery-stream", "d", "--error-output-prefix", "bad/"];
    let more = ["--buffer-size", "64", "--to", &to, &input];
    let delivered = run(&[&["run"], &function[..], &arguments, &more].concat());
    let message = "the partition key `customer` of the prefix is missing: Firehose fails this \
                   record with DynamicPartitioning.MetadataExtractionFailed";
    delivered.ends(0, message);
    let invoked = run(&[&["invoke"], &function[..], &[crate::firehose_local::INTEGERS]].concat());
    invoked.ends(6, "the partition key `customer` of the prefix is missing");
}

#[test]
fn the_report_of_a_kinesis_consumer_is_checked() {
    let event = "fixtures/kinesis/consumer-event.json";
    let run = run(&["check", event, "fixtures/kinesis/consumer-response.json"]);
    run.ends(0, "");
    assert!(run.stdout.contains("1 record, 0 reported as failed"), "{run:?}");

    let folder = tempfile::tempdir().unwrap();
    let response = folder.path().join("response.json");
    std::fs::write(&response, r#"{"batchItemFailures":[{"itemIdentifier":"7"}]}"#).unwrap();
    let response = response.to_str().unwrap();
    let run = crate::firehose_local::run(&["check", event, response]);
    run.ends(1, "");
    assert!(run.stdout.contains("is not a sequence number of the event"), "{run:?}");
    let json = crate::firehose_local::run(&["check", "--json", event, response]).response();
    assert_eq!((&json["contractKept"], &json["exitCode"]), (&false.into(), &1.into()));

    let window = folder.path().join("window.json");
    let text = std::fs::read_to_string(crate::firehose_local::workspace().join(event)).unwrap();
    let mut event_of_window: serde_json::Value = serde_json::from_str(&text).unwrap();
    event_of_window["window"] = serde_json::json!({"start": "2020-12-09T07:04:00Z", "end": "x"});
    event_of_window["state"] = serde_json::json!({});
    std::fs::write(&window, event_of_window.to_string()).unwrap();
    let window = window.to_str().unwrap();
    let run =
        crate::firehose_local::run(&["check", window, "fixtures/kinesis/consumer-response.json"]);
    run.ends(1, "");
    assert!(run.stdout.contains("the response has no `state`"), "{run:?}");
    std::fs::write(response, r#"{"state":{"1":2},"batchItemFailures":[]}"#).unwrap();
    let run = crate::firehose_local::run(&["check", window, response]);
    run.ends(0, "");
    assert!(run.stdout.contains("valid report of a window"), "{run:?}");

    let consumer = ["invoke", "--package", "kpl-consumer-bulk"];
    let invoked = |event| crate::firehose_local::run(&[&consumer[..], &[event]].concat());
    invoked(event).ends(0, "1 record, 0 reported as failed");
    invoked("fixtures/kinesis/dynamodb-stream-event.json").ends(3, "BatchFailed");
}
