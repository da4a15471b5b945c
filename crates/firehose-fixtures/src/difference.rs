use std::fmt;

use serde::Serialize;

use crate::{
    expected::{Expected, ExpectedRecord},
    json_tree::JsonTree,
    matcher::NamedMatcher,
    matching::Rules,
    observed::{Observed, ObservedRecord},
    payload::Payload,
    payload_diff::{payload_differences, shown_payload},
};

/// A difference between `expected.json` and the answer of a function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Difference {
    /// The number of the record, counted from 1. `None` if the difference does not belong to one
    /// record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<usize>,
    /// The id of the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_id: Option<String>,
    /// The field of `expected.json`, or the path of a value in the payload.
    pub path: String,
    /// The expected and the actual value.
    pub text: String,
    /// The rule for `matching` that would accept both values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<&'static str>,
}

impl Difference {
    /// Returns the path and the rule for `matching` that would accept both values.
    pub(crate) fn suggestion(&self) -> Option<(String, &'static str)> {
        // For lines of JSON, the number of the line precedes the path: `line 2 .a`. A path begins with
        // a dot.
        let in_line = self.path.strip_prefix("line ").and_then(|rest| rest.split_once(' '));
        let path = match in_line {
            Some((_, path)) => path.to_owned(),
            None if self.path == "text" => ".".to_owned(),
            None => self.path.clone(),
        };
        Some((path, self.rule?))
    }
}

/// Writes the path and the text.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.text)
    }
}

/// Returns the differences that `expected.json` does not accept.
pub(crate) fn differences(expected: &Expected, observed: &Observed) -> Vec<Difference> {
    let (expected_records, records) =
        match (&expected.records, &expected.invocation_error, observed) {
            (Some(expected), _, Observed::Records(records)) => (expected, records),
            (None, Some(piece), Observed::Rejected(error)) if error.contains(piece.as_str()) => {
                return Vec::new();
            }
            (_, Some(piece), Observed::Rejected(error)) => {
                let text = format!("expected an error with {piece:?}, found {error:?}");
                return vec![in_case("invocationError", text)];
            }
            (_, piece, Observed::Records(records)) => {
                let piece = piece.as_deref().unwrap_or_default();
                let text = format!(
                    "expected an error with {piece:?}, found a response with {} records",
                    records.len()
                );
                return vec![in_case("invocationError", text)];
            }
            (_, None, Observed::Rejected(error)) => {
                let text = format!("expected a response, found the error {error:?}");
                return vec![in_case("records", text)];
            }
        };
    let mut found = Vec::new();
    if expected_records.len() != records.len() {
        let (expected, actual) = (expected_records.len(), records.len());
        found.push(in_case("records", format!("expected {expected}, found {actual}")));
    }
    for (index, record) in records.iter().enumerate() {
        let Some(expected_record) = expected_records.get(index) else {
            found.push(in_record(index, record, "result", unexpected_record(record)));
            continue;
        };
        let rules = Rules { record: &expected_record.matching, case: &expected.matching };
        let differences = record_differences(expected_record, record, rules);
        found.extend(differences.into_iter().map(|difference| Difference {
            record: Some(index + 1),
            record_id: Some(record.record_id.clone()),
            ..difference
        }));
    }
    if found.is_empty() { unused_rules(expected, expected_records, records) } else { found }
}

/// Returns the differences of one record.
pub(crate) fn record_differences(
    expected: &ExpectedRecord,
    actual: &ObservedRecord,
    rules: Rules<'_>,
) -> Vec<Difference> {
    let mut found = Vec::new();
    if let Some(id) = &expected.record_id
        && *id != actual.record_id
    {
        found.push(in_case("recordId", format!("expected {id:?}, found {:?}", actual.record_id)));
    }
    if expected.result != actual.result {
        let mut text = format!("expected {:?}, found {:?}", expected.result, actual.result);
        if let Some(cause) = &actual.cause {
            text.push_str(&format!(" with the cause {:?}", without_payload_field(cause)));
        } else if let Some(payload) = &actual.payload {
            text.push_str(&format!(" with the payload {}", shown_payload(payload)));
        }
        found.push(in_case("result", text));
        return found;
    }
    // A cause that the function does not report is not compared.
    if let (Some(piece), Some(cause)) = (&expected.cause, &actual.cause)
        && !cause.contains(piece.as_str())
    {
        let cause = without_payload_field(cause);
        let text = format!("expected a text with {piece:?}, found {cause:?}");
        found.push(in_case("cause", text));
    }
    if let (Some(expected_payload), Some(payload)) = (expected.payload(), &actual.payload) {
        let is_exact = expected.text.is_some() || expected.base64.is_some();
        let differences = payload_differences(&expected_payload, payload, is_exact, rules);
        found.extend(differences.into_iter().map(|it| Difference {
            rule: it.rule.map(NamedMatcher::name),
            ..in_case(&it.path, it.text)
        }));
    }
    if expected.partition_keys != actual.partition_keys {
        let (one, other) = (&expected.partition_keys, &actual.partition_keys);
        for (key, value) in one.iter().filter(|(key, value)| other.get(*key) != Some(*value)) {
            let other = other.get(key).map_or("no such key".to_owned(), |it| format!("{it:?}"));
            let text = format!("expected {value:?}, found {other}");
            found.push(in_case(&format!("partitionKeys.{key}"), text));
        }
        for (key, value) in other.iter().filter(|(key, _)| !one.contains_key(*key)) {
            let text = format!("expected no such key, found {value:?}");
            found.push(in_case(&format!("partitionKeys.{key}"), text));
        }
    }
    if expected.iceberg != actual.iceberg {
        let text = |it| serde_json::to_string(it).unwrap_or_default();
        let (one, other) = (text(&expected.iceberg), text(&actual.iceberg));
        found.push(in_case("iceberg", format!("expected {one}, found {other}")));
    }
    found
}

/// Returns a difference for each rule whose path leads to no value of a payload. Such a rule is
/// misspelled or out of date.
fn unused_rules(
    case: &Expected,
    expected: &[ExpectedRecord],
    records: &[ObservedRecord],
) -> Vec<Difference> {
    let payloads: Vec<Vec<_>> = records.iter().map(payload_values).collect();
    let text = |path: String| {
        let text =
            format!("no payload has a value at {path}; correct the path, or remove the rule");
        in_case("matching", text)
    };
    let mut found: Vec<_> = case.matching.unused(payloads.iter().flatten()).map(text).collect();
    for (index, (expected, record)) in expected.iter().zip(records).enumerate() {
        let values = payloads.get(index).into_iter().flatten();
        found.extend(expected.matching.unused(values).map(|path| {
            let text =
                format!("the payload has no value at {path}; correct the path, or remove the rule");
            in_record(index, record, "matching", text)
        }));
    }
    found
}

fn payload_values(record: &ObservedRecord) -> Vec<JsonTree> {
    record.payload.as_deref().map(|it| Payload::of(it).values()).unwrap_or_default()
}

/// Removes the name of the payload field from the start of a cause.
///
/// The name depends on the source, so an expected cause with the name would not match in the form of
/// another source.
pub(crate) fn without_payload_field(cause: &str) -> &str {
    let names = ["`data` ", "`kafkaRecordValue` "];
    names.iter().find_map(|name| cause.strip_prefix(name)).unwrap_or(cause)
}

fn unexpected_record(record: &ObservedRecord) -> String {
    format!("expected no such record, found {:?}", record.result)
}

fn in_case(path: &str, text: String) -> Difference {
    Difference { record: None, record_id: None, path: path.to_owned(), text, rule: None }
}

fn in_record(index: usize, record: &ObservedRecord, path: &str, text: String) -> Difference {
    let record_id = Some(record.record_id.clone());
    Difference { record: Some(index + 1), record_id, ..in_case(path, text) }
}
