//! Runs `Jq` as a transform.

use firehose_core::{Outcome, Record, Transform};
use firehose_transforms::jq::{Jq, JqFilter};

async fn answer(filter: &str, data: &'static str) -> String {
    match Jq::new(filter).unwrap().transform(Record::new("1", data)).await.into() {
        Outcome::Ok(output) => String::from_utf8(output.into_data().into()).unwrap(),
        Outcome::Dropped => "Dropped".to_owned(),
        Outcome::ProcessingFailed(cause) => format!("failed: {cause}"),
    }
}

#[tokio::test]
async fn outputs_become_outcomes() {
    assert_eq!(answer(".a", r#"{"a":1.50}"#).await, "1.50");
    assert_eq!(answer(".[]", "[1,\"a\",null]").await, "1\n\"a\"\nnull");
    assert_eq!(answer("select(.a)", r#"{"a":false}"#).await, "Dropped");
    assert_eq!(answer(".a", r#"{"a":null}"#).await, "null");
    let failed = "failed: the jq filter failed: Cannot index number with string";
    assert_eq!(answer("1, .a.b", r#"{"a":1}"#).await, failed);
    assert_eq!(answer(".", "{").await, "failed: the item is not valid JSON");
}

#[tokio::test]
async fn each_of_several_outputs_is_one_line() {
    let pretty = "{\n  \"a\": [1,\r\n 2],\n  \"b\": \"x\\ny\"\n}\n";
    let compact = "{  \"a\": [1, 2],  \"b\": \"x\\ny\"}";
    assert_eq!(answer("., .", pretty).await, format!("{compact}\n{compact}"));
    assert_eq!(answer(".", pretty).await, pretty.trim_end());
}

#[test]
fn is_true_reads_the_first_output() {
    for (filter, expected) in [
        (".a", true),
        (".b", false),
        (".a == 2", false),
        ("empty", false),
        ("null, true", false),
        ("0", true),
        ("\"\"", true),
        ("true, error(\"x\")", true),
        ("first(.[])", true),
        ("any(.[]; . == 1)", true),
    ] {
        let found = JqFilter::new(filter).unwrap().is_true(&r#"{"a":1}"#.into());
        assert_eq!(found.unwrap(), expected, "{filter}");
    }
    assert!(JqFilter::new(".a.b").unwrap().is_true(&r#"{"a":1}"#.into()).is_err());
    assert!(JqFilter::new("true").unwrap().is_true(&"{".into()).is_err());
}

/// A part of the item that the filter does not change is a slice of the item.
#[test]
fn untouched_parts_are_not_copied() {
    let item = bytes::Bytes::from_static(br#" {"a": {"b": 1.0}, "s": "x", "n": 1e2, "l": [ 1 ]} "#);
    for (filter, expected) in [
        (".", r#"{"a": {"b": 1.0}, "s": "x", "n": 1e2, "l": [ 1 ]}"#),
        (".a", r#"{"b": 1.0}"#),
        (".s", r#""x""#),
        (".n", "1e2"),
        (".l", "[ 1 ]"),
        (".a | select(.b)", r#"{"b": 1.0}"#),
        ("del(.x)", r#"{"a": {"b": 1.0}, "s": "x", "n": 1e2, "l": [ 1 ]}"#),
        ("del(.a.x, .l[5])", r#"{"a": {"b": 1.0}, "s": "x", "n": 1e2, "l": [ 1 ]}"#),
        ("if .a.b then . else empty end", r#"{"a": {"b": 1.0}, "s": "x", "n": 1e2, "l": [ 1 ]}"#),
    ] {
        let outputs = JqFilter::new(filter).unwrap().run(&item).unwrap();
        assert_eq!(outputs, [expected], "{filter}");
        let range = item.as_ptr_range();
        assert!(range.contains(&outputs[0].as_ptr()), "{filter}");
    }
    let filter = JqFilter::new(".a.b = 2").unwrap();
    assert_eq!(filter.run(&item).unwrap(), [r#"{"a":{"b":2},"s":"x","n":1e2,"l":[ 1 ]}"#]);
}
