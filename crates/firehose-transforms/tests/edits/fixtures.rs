//! Runs the cases of the folders `fields`, `filter` and `redact` in `fixtures/transforms`. See the
//! README there for the format of a file.

use std::{fs, path::Path};

use firehose_core::{Invocation, KinesisMetadata, MskMetadata, Outcome, Record, Source, Transform};
use serde_json::Value;

use crate::steps;

/// Returns a record with all metadata that its source has.
fn record(source: Option<&str>, data: &str) -> Record {
    let arrival = "2026-01-31T12:30:00.25Z".parse().unwrap();
    let source_arrival = "2026-01-31T12:29:59.9Z".parse().unwrap();
    let record = Record::new("record-1", data.to_owned());
    let invocation = Invocation::new("11111111-aaaa-bbbb-cccc-000000000000")
        .with_region("eu-west-1")
        .with_delivery_stream_arn("arn:aws:firehose:eu-west-1:123456789012:deliverystream/clicks");
    let full = record.clone().with_arrival_time(arrival).with_invocation(invocation);
    match source {
        Some("direct_put") => full,
        Some("kinesis") => {
            let metadata = KinesisMetadata::new("shardId-000000000007", "user \"7\"", "4957278123")
                .with_subsequence_number(3)
                .with_arrival_time(source_arrival);
            full.with_source(Source::Kinesis(metadata))
        }
        Some("msk") => {
            let metadata = MskMetadata::new("2", "1234").with_arrival_time(source_arrival);
            full.with_source(Source::Msk(metadata))
        }
        None => record,
        Some(other) => panic!("{other} is not a source"),
    }
}

fn outcome(transform: &dyn Transform, record: Record) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    match runtime.block_on(transform.transform(record)).into() {
        Outcome::Ok(output) => {
            serde_json::json!({"output": str::from_utf8(output.data()).unwrap()})
        }
        Outcome::Dropped => serde_json::json!({"dropped": true}),
        Outcome::ProcessingFailed(error) => serde_json::json!({"error": error.to_string()}),
    }
}

/// Returns the differences between the outcomes in a file and those of the transform.
fn check(file: &Path) -> Vec<String> {
    let fixture: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let name = file.display();
    let transform = match steps::transform(&fixture["transform"]) {
        Ok(transform) => transform,
        Err(error) => {
            let is_expected = fixture["init_error"].as_str() == Some(&error.to_string());
            return if is_expected { Vec::new() } else { vec![format!("{name}: {error}")] };
        }
    };
    let cases = fixture["cases"].as_array().filter(|cases| !cases.is_empty());
    let mut differences = Vec::new();
    for case in cases.unwrap_or_else(|| panic!("{name} has no cases")) {
        let mut expected = case.as_object().unwrap().clone();
        let input = expected.remove("input").unwrap();
        let source = expected.remove("source");
        expected.remove("why");
        let record = record(source.as_ref().and_then(Value::as_str), input.as_str().unwrap());
        let found = outcome(&*transform, record);
        if found != Value::Object(expected.clone()) {
            let expected = Value::Object(expected);
            differences
                .push(format!("{name}\n   input {input}\nexpected {expected}\n   found {found}"));
        }
    }
    differences
}

#[test]
fn every_case_has_its_outcome() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/transforms");
    let mut differences = Vec::new();
    let mut files = 0;
    for folder in ["fields", "filter", "redact"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|it| it == "json") {
                files += 1;
                differences.extend(check(&path));
            }
        }
    }
    assert!(files > 0);
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}
