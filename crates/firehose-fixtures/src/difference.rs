use similar::TextDiff;

use crate::{
    compact::compact,
    expected::{Expected, ExpectedRecord},
};

/// Returns a readable diff of the significant differences.
pub(crate) fn difference(expected: &Expected, actual: &Expected) -> Option<String> {
    let mut actual = actual.clone();
    actual.sources.clone_from(&expected.sources);
    adopt_piece(expected.invocation_error.as_ref(), &mut actual.invocation_error);
    if let (Some(expected), Some(actual)) = (&expected.records, &mut actual.records) {
        for (expected, actual) in expected.iter().zip(actual) {
            adopt_spelling(expected, actual);
        }
    }
    let (expected, actual) = (expected.to_text(), actual.to_text());
    (expected != actual).then(|| {
        let diff = TextDiff::from_lines(&expected, &actual);
        format!("\n{}", diff.unified_diff().header("expected", "actual"))
    })
}

/// Removes the name of the payload field from each cause. An update writes the result.
pub(crate) fn remove_payload_fields(actual: &mut Expected) {
    let causes = actual.records.iter_mut().flatten().filter_map(|record| record.cause.as_mut());
    causes.for_each(remove_payload_field);
}

/// Copies the spelling of each part of `expected` to `actual`, if both parts are equivalent.
fn adopt_spelling(expected: &ExpectedRecord, actual: &mut ExpectedRecord) {
    if expected.record_id.is_none() {
        actual.record_id = None;
    }
    adopt_piece(expected.cause.as_ref(), &mut actual.cause);
    let same_json = match (&expected.json, &actual.json) {
        (Some(expected), Some(actual)) => compact(expected.get()) == compact(actual.get()),
        _ => false,
    };
    if same_json || (expected.json.is_none() && expected.payload() == actual.payload()) {
        actual.json.clone_from(&expected.json);
        actual.text.clone_from(&expected.text);
        actual.base64.clone_from(&expected.base64);
    }
}

/// Replaces `actual` with `expected` if `actual` contains `expected`. Otherwise removes the name of
/// the payload field from `actual`, so that the diff shows a cause that can be copied.
fn adopt_piece(expected: Option<&String>, actual: &mut Option<String>) {
    let Some(whole) = actual else { return };
    match expected {
        Some(piece) if whole.contains(piece) => whole.clone_from(piece),
        _ => remove_payload_field(whole),
    }
}

/// Removes the name of the payload field from the start of a cause.
///
/// The name depends on the source, so a cause with the name would fail in the form of another
/// source.
fn remove_payload_field(cause: &mut String) {
    for name in ["`data` ", "`kafkaRecordValue` "] {
        if let Some(rest) = cause.strip_prefix(name) {
            *cause = rest.to_owned();
            return;
        }
    }
}
