use std::{collections::BTreeMap, str};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::Serialize;

use super::{
    result_format::ResultFormat,
    trial_counts::TrialCounts,
    tried_record::{TriedOutcome, TriedRecord},
};

/// The results as one JSON object, with each record on a line of its own.
#[derive(Debug, Default)]
pub(super) struct JsonFormat {
    has_records: bool,
}

/// A record in JSON. A payload that is not UTF-8 is written as base64.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonRecord<'a> {
    record: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_record: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before_base64: Option<String>,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after_base64: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partition_keys: Option<&'a BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed_items: Option<JsonItems<'a>>,
}

#[derive(Debug, Serialize)]
struct JsonItems<'a> {
    count: u64,
    first: Vec<JsonItem<'a>>,
}

#[derive(Debug, Serialize)]
struct JsonItem<'a> {
    item: u64,
    cause: &'a str,
}

/// The end of the object.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonEnd<'a> {
    exit_code: u8,
    #[serde(flatten)]
    counts: &'a TrialCounts,
}

impl<'a> JsonRecord<'a> {
    fn new(record: &'a TriedRecord) -> Self {
        let mut json =
            Self { record: record.position, user_record: record.user_record, ..Self::default() };
        match &record.outcome {
            TriedOutcome::Ok { after, partition_keys } => {
                json.outcome = "ok";
                (json.after, json.after_base64) = text_or_base64(after);
                json.partition_keys = Some(partition_keys).filter(|keys| !keys.is_empty());
            }
            TriedOutcome::Dropped => json.outcome = "dropped",
            TriedOutcome::Failed { cause } | TriedOutcome::FunctionFailed { cause } => {
                json.outcome = "failed";
                json.cause = Some(cause);
            }
            TriedOutcome::Refused { reason } => {
                json.outcome = "refused";
                json.cause = Some(reason);
                return json;
            }
        }
        (json.before, json.before_base64) = text_or_base64(&record.before);
        let items = record.first_failed_items.iter();
        let first: Vec<_> =
            items.map(|it| JsonItem { item: it.number, cause: &it.cause }).collect();
        let count = record.items_failed;
        json.failed_items = (count > 0).then_some(JsonItems { count, first });
        json
    }
}

fn text_or_base64(payload: &Bytes) -> (Option<&str>, Option<String>) {
    match str::from_utf8(payload) {
        Ok(text) => (Some(text), None),
        Err(_) => (None, Some(STANDARD.encode(payload))),
    }
}

impl ResultFormat for JsonFormat {
    fn begin(&self) -> String {
        "{\"records\":[\n".to_owned()
    }

    fn record(&mut self, record: &TriedRecord) -> String {
        let comma = if self.has_records { ",\n" } else { "" };
        self.has_records = true;
        // No field can fail to serialize.
        let json = serde_json::to_string(&JsonRecord::new(record)).unwrap_or_default();
        format!("{comma}{json}")
    }

    fn end(&self, counts: &TrialCounts) -> String {
        let end = JsonEnd { exit_code: counts.code() as u8, counts };
        let end = serde_json::to_string(&end).unwrap_or_default();
        let newline = if self.has_records { "\n" } else { "" };
        format!("{newline}],{}\n", &end[1..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_bytes_are_base64_and_missing_values_are_left_out() {
        let record = TriedRecord {
            position: 7,
            user_record: Some(2),
            before: Bytes::from_static(b"\xff"),
            outcome: TriedOutcome::Ok {
                after: Bytes::from_static(b"\xff\xff"),
                partition_keys: [("tenant".to_owned(), "a".to_owned())].into(),
            },
            items_failed: 1,
            first_failed_items: Vec::new(),
        };
        let mut format = JsonFormat::default();
        assert_eq!(
            format.record(&record),
            r#"{"record":7,"userRecord":2,"beforeBase64":"/w==","outcome":"ok","afterBase64":"//8=","partitionKeys":{"tenant":"a"},"failedItems":{"count":1,"first":[]}}"#
        );
        let refused = TriedRecord::refused(8, "too long".to_owned());
        assert_eq!(
            format.record(&refused),
            ",\n{\"record\":8,\"outcome\":\"refused\",\"cause\":\"too long\"}"
        );
    }
}
