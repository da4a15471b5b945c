use serde_json::{Map, Value};

use super::{asked::Asked, json_kind::json_kind, metadata::check_metadata, violation::Violation};
use crate::{
    base64_codec::decode_base64,
    cause::shortened,
    event::payload::{PayloadField, not_base64},
};

/// Checks one element of `records` in the response.
pub(super) fn check_answer(
    index: usize,
    answer: &Map<String, Value>,
    asked: &mut Asked<'_>,
    violations: &mut Vec<Violation>,
) {
    let Some(Value::String(record_id)) = answer.get("recordId") else {
        violations.push(Violation::NoRecordId { index });
        return;
    };
    let id = || record_id.clone();
    let Some(counts) = asked.by_id.get_mut(record_id.as_str()) else {
        violations.push(Violation::UnknownRecordId { record_id: id() });
        return;
    };
    counts.answered += 1;
    let is_ok = match answer.get("result").and_then(Value::as_str) {
        Some("Ok") => true,
        Some("Dropped" | "ProcessingFailed") => false,
        _ => {
            let found = answer.get("result").map(shown).unwrap_or_default();
            violations.push(Violation::InvalidResult { record_id: id(), found });
            return;
        }
    };
    let other = counts.field.other();
    let in_other =
        counts.has_both_fields && answer.get(other.as_str()).is_some_and(Value::is_string);
    let field = if in_other { other } else { counts.field };
    check_payload(record_id, answer, field, is_ok, violations);
    if let Err(reason) = check_metadata(answer.get("metadata")) {
        violations.push(Violation::InvalidMetadata { record_id: id(), reason });
    }
}

/// Returns a value for a message: short, and without control characters.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{:?}", shortened(text, 64)),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(_) | Value::Object(_) => json_kind(value).to_owned(),
    }
}

fn check_payload(
    record_id: &str,
    answer: &Map<String, Value>,
    field: PayloadField,
    is_ok: bool,
    violations: &mut Vec<Violation>,
) {
    let record_id = record_id.to_owned();
    match answer.get(field.as_str()) {
        Some(Value::String(payload)) => {
            if let Err(error) = decode_base64(payload.as_bytes()) {
                let reason = not_base64(field, &error);
                violations.push(Violation::NotBase64 { record_id, reason });
            }
        }
        None | Some(Value::Null) if !is_ok => {}
        None if answer.get(field.other().as_str()).is_some_and(Value::is_string) => {
            violations.push(Violation::WrongPayloadField { record_id, field });
        }
        found => {
            let found = found.map_or("missing", json_kind);
            violations.push(Violation::NoPayload { record_id, field, found });
        }
    }
}
