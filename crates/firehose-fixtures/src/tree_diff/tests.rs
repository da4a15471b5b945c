use serde_json::json;

use super::*;
use crate::matching::Matching;

fn tree(text: &str) -> JsonTree {
    JsonTree::parse(text).unwrap()
}

fn rules(text: serde_json::Value) -> Matching {
    serde_json::from_value(text).unwrap()
}

/// Returns the differences as lines.
fn differences(expected: &str, actual: &str, matching: serde_json::Value) -> Vec<String> {
    let (case, record) = (rules(matching), Matching::default());
    let rules = Rules { record: &record, case: &case };
    let found = tree_differences(&tree(expected), &tree(actual), rules);
    found.iter().map(|it| format!("{}: {}", it.path, it.text)).collect()
}

#[test]
fn each_difference_is_at_its_path() {
    let expected = r#"{"a": 1, "b": {"c": [1, {"d": "x"}], "gone": null}, "e": true}"#;
    let actual = r#"{"a": 1.0, "b": {"c": [1, {"d": "y"}]}, "e": true, "new": [0]}"#;
    assert_eq!(
        differences(expected, actual, json!({})),
        [
            ".a: expected 1, found 1.0",
            ".b.c[1].d: expected \"x\", found \"y\"",
            ".b.gone: expected null, but the value is missing",
            ".new: expected no value, found [0]",
        ]
    );
    assert_eq!(
        differences(r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#, json!({})),
        [".: the keys have another order: expected \"a\", \"b\", found \"b\", \"a\""]
    );
    assert_eq!(differences("[1]", "{}", json!({})), [".: expected [1], found {}"]);
    assert_eq!(
        differences(r#"{"a":1,"a":2}"#, r#"{"a":1,"a":3}"#, json!({})),
        [".a: expected 2, found 3"]
    );
}

#[test]
fn a_new_item_is_one_difference() {
    assert_eq!(
        differences("[1,2,3,4]", "[1,9,2,3,4]", json!({})),
        [".[1]: expected no value, found 9"]
    );
    assert_eq!(
        differences("[1,2,3]", "[3]", json!({})),
        [
            ".[0]: expected 1, but the value is missing",
            ".[1]: expected 2, but the value is missing"
        ]
    );
    // Items that differ only where a rule accepts them are the same items.
    let (expected, actual) = (r#"[{"t":1,"a":1},{"t":2,"a":2}]"#, r#"[{"t":8,"a":2}]"#);
    assert_eq!(
        differences(expected, actual, json!({".[].t": "integer"})),
        [".[0]: expected {\"t\":1,\"a\":1}, but the value is missing"]
    );
}

#[test]
fn a_rule_accepts_values_and_names_what_it_rejects() {
    let expected = r#"{"time": "2026-01-01T00:00:00Z", "n": 1, "list": [{"id": "a"}]}"#;
    let actual = r#"{"time": "2026-05-05T00:00:00Z", "n": 1, "list": [{"id": 7}]}"#;
    let matching = json!({".time": "timestamp", ".list[].id": {"pattern": "[a-z]"}});
    assert_eq!(
        differences(expected, actual, matching),
        [".list[0].id: expected a text that matches {\"pattern\":\"[a-z]\"}, found 7"]
    );
    // A rule does not make a member optional.
    let matching = json!({".a": "any"});
    assert_eq!(
        differences(r#"{"a":1}"#, "{}", matching.clone()),
        [".a: expected 1, but the value is missing"]
    );
    assert_eq!(differences("{}", r#"{"a":1}"#, matching), [".a: expected no value, found 1"]);
}

#[test]
fn an_update_keeps_the_examples_that_still_match() {
    let matching = rules(json!({".time": "timestamp", ".list[].id": "integer"}));
    let record = Matching::default();
    let rules = Rules { record: &record, case: &matching };
    let expected = tree(r#"{"time": "2026-01-01T00:00:00Z", "n": 1, "list": [{"id": 1}]}"#);
    let actual = tree(r#"{"time": "2026-05-05T00:00:00Z", "n": 2, "list": [{"id": 5},{"id": 6}]}"#);
    let merged = with_examples(&expected, &actual, rules, &mut Location::default());
    assert_eq!(
        merged.to_string(),
        r#"{"time":"2026-01-01T00:00:00Z","n":2,"list":[{"id":1},{"id":6}]}"#
    );
}

#[test]
fn a_rule_for_two_values_is_found() {
    let rule = |one: &str, other: &str| {
        NamedMatcher::for_both(&tree(one), &tree(other)).map(NamedMatcher::name)
    };
    let time = "\"2026-01-01T00:00:00Z\"";
    assert_eq!(rule(time, time), Some("timestamp"));
    assert_eq!(rule(time, "\"x\""), Some("string"));
    assert_eq!(rule("1", "2"), Some("integer"));
    assert_eq!(rule("1", "2.5"), Some("number"));
    assert_eq!(rule("1", "\"x\""), None);
}
