use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::decoded_record::{Content, DecodedRecord};

/// The records of the file `expected.json` of a fixture case.
#[derive(Deserialize)]
struct ExpectedFile {
    records: Vec<ExpectedRecord>,
}

/// A record of the file. Its payload is in one of the fields after `result`, and not in `data`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExpectedRecord {
    #[serde(default)]
    record_id: String,
    result: String,
    text: Option<String>,
    json: Option<Box<RawValue>>,
    json_lines: Option<Vec<Box<RawValue>>>,
    base64: Option<String>,
    cause: Option<String>,
}

/// Reads the records of an `expected.json`. Returns `None` if the text is not such a file, or if no record
/// has a payload or a cause.
pub(super) fn expected_records(text: &str) -> Option<Vec<DecodedRecord>> {
    let file: ExpectedFile = serde_json::from_str(text).ok()?;
    let has_content = |record: &ExpectedRecord| {
        record.text.is_some()
            || record.json.is_some()
            || record.json_lines.is_some()
            || record.base64.is_some()
            || record.cause.is_some()
    };
    file.records.iter().any(has_content).then(|| file.records.into_iter().map(decoded).collect())
}

fn decoded(record: ExpectedRecord) -> DecodedRecord {
    if let Some(Ok(data)) = record.base64.as_deref().map(|base64| STANDARD.decode(base64)) {
        let decoded = DecodedRecord::new(record.record_id.into(), Bytes::from(data));
        return DecodedRecord { result: Some(record.result), ..decoded };
    }
    let content = match (record.json, record.json_lines, record.text, record.cause) {
        (Some(json), ..) => Content::Json(json),
        (None, Some(lines), ..) => {
            Content::Text(lines.iter().map(|line| format!("{}\n", line.get())).collect())
        }
        (None, None, Some(text), _) => Content::Text(text),
        (None, None, None, Some(cause)) => Content::Error(cause),
        (None, None, None, None) => Content::Missing(()),
    };
    DecodedRecord {
        record_id: record.record_id,
        result: Some(record.result),
        unpacked: Vec::new(),
        content,
    }
}
