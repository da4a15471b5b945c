use serde_json::value::RawValue;

use crate::{
    difference::{record_differences, without_payload_field},
    expected::{Expected, ExpectedRecord},
    json_tree::JsonTree,
    matching::{Matching, Rules},
    observed::{Observed, ObservedRecord},
    payload::Payload,
    tree_diff::with_examples,
    value_path::Location,
};

/// Returns the contents of `expected.json` for this answer.
///
/// Keeps the sources, the rules, and each record of the old file that still passes. A file that
/// holds lines of JSON as text keeps this form.
pub(crate) fn updated(old: Option<&Expected>, observed: &Observed) -> Expected {
    let (sources, matching) = match old {
        Some(old) => (old.sources.clone(), old.matching.clone()),
        None => (Vec::new(), Matching::default()),
    };
    let file = Expected { sources, matching, records: None, invocation_error: None };
    let records = match observed {
        Observed::Rejected(error) => {
            return Expected { invocation_error: Some(error.clone()), ..file };
        }
        Observed::Records(records) => records,
    };
    let old = old.and_then(|old| old.records.as_deref()).unwrap_or_default();
    let lines_as_text = old.iter().any(has_lines_as_text);
    let records = records.iter().enumerate().map(|(index, record)| {
        updated_record(old.get(index), record, &file.matching, lines_as_text)
    });
    Expected { records: Some(records.collect()), ..file }
}

fn updated_record(
    old: Option<&ExpectedRecord>,
    observed: &ObservedRecord,
    case: &Matching,
    lines_as_text: bool,
) -> ExpectedRecord {
    let rules = |record| Rules { record, case };
    if let Some(old) = old
        && record_differences(old, observed, rules(&old.matching)).is_empty()
    {
        return old.clone();
    }
    let cause = observed.cause.as_deref().map(without_payload_field).map(str::to_owned);
    let mut record = ExpectedRecord {
        record_id: Some(observed.record_id.clone()),
        result: observed.result.clone(),
        partition_keys: observed.partition_keys.clone(),
        iceberg: observed.iceberg.clone(),
        cause,
        matching: old.map(|old| old.matching.clone()).unwrap_or_default(),
        ..ExpectedRecord::default()
    };
    if old.is_some_and(|old| old.record_id.is_none()) {
        record.record_id = None;
    }
    if let Some(payload) = &observed.payload {
        record.set_payload(payload, lines_as_text);
        if let Some(old) = old {
            keep_examples(old, payload, rules(&old.matching), &mut record);
        }
    }
    record
}

/// Returns `true` if the field `text` holds lines of JSON, as earlier versions wrote them.
fn has_lines_as_text(record: &ExpectedRecord) -> bool {
    let text = record.text.as_deref().unwrap_or_default();
    matches!(Payload::of(text.as_bytes()), Payload::JsonLines { .. })
}

/// Replaces each value that a rule accepts by the value in the old file.
fn keep_examples(
    old: &ExpectedRecord,
    payload: &[u8],
    rules: Rules<'_>,
    record: &mut ExpectedRecord,
) {
    if rules.is_empty() {
        return;
    }
    let Some(old) = old.payload() else { return };
    let merged = |old: &JsonTree, actual: &JsonTree| {
        let tree = with_examples(old, actual, rules, &mut Location::default());
        RawValue::from_string(tree.to_string()).ok()
    };
    match (Payload::of(&old), Payload::of(payload)) {
        (Payload::Json(old), Payload::Json(actual)) if record.json.is_some() => {
            record.json = merged(&old, &actual).or(record.json.take());
        }
        (Payload::JsonLines { lines: old, .. }, Payload::JsonLines { lines: actual, .. })
            if record.json_lines.is_some() =>
        {
            let lines = actual.iter().enumerate().map(|(index, line)| match old.get(index) {
                Some(old) => merged(old, line),
                None => RawValue::from_string(line.to_string()).ok(),
            });
            record.json_lines = lines.collect::<Option<_>>().or(record.json_lines.take());
        }
        _ => {}
    }
}
