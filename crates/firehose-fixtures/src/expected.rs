use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{matching::Matching, source_shape::SourceShape};

/// The contents of `expected.json`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Expected {
    /// The sources in whose forms the case runs. An empty list stands for all three.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) sources: Vec<SourceShape>,
    /// The rules for the payloads of all records.
    #[serde(default, skip_serializing_if = "Matching::is_empty")]
    pub(crate) matching: Matching,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) records: Option<Vec<ExpectedRecord>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) invocation_error: Option<String>,
}

/// One record of the expected response, in a readable form.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ExpectedRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) record_id: Option<String>,
    pub(crate) result: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) json: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) json_lines: Option<Vec<Box<RawValue>>>,
    /// `Some(false)` if no newline follows the last of the JSON lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) final_newline: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) base64: Option<String>,
    /// The rules for the payload of this record.
    #[serde(default, skip_serializing_if = "Matching::is_empty")]
    pub(crate) matching: Matching,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) partition_keys: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) iceberg: Option<ExpectedIceberg>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cause: Option<String>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedIceberg {
    pub(crate) database: String,
    pub(crate) table: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) operation: Option<String>,
}

/// The rule for the field `cause` of the records in `expected.json` that are `ProcessingFailed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CauseRule {
    /// Each such record must have a `cause`. For a function that always reports causes.
    Required,
    /// A record may have no `cause`. For a function that may not report causes, such as a function
    /// in another process.
    Optional,
}

impl Expected {
    /// Parses and checks the text of the file.
    pub(crate) fn parse(text: &str, cause_rule: CauseRule) -> Result<Self, String> {
        // Editors on Windows write a byte order mark.
        let text = text.trim_start_matches('\u{feff}');
        let expected: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match (&expected.records, &expected.invocation_error) {
            (Some(_), Some(_)) => Err("has both `records` and `invocationError`".to_owned()),
            (None, None) => Err("has neither `records` nor `invocationError`".to_owned()),
            (None, Some(piece)) if piece.is_empty() => {
                Err("`invocationError` is empty and would match any error".to_owned())
            }
            (None, Some(_)) => Ok(expected),
            (Some(records), None) => {
                for (index, record) in records.iter().enumerate() {
                    record.check(cause_rule).map_err(|why| format!("records[{index}]: {why}"))?;
                }
                Ok(expected)
            }
        }
    }

    /// Formats the text of the file.
    pub(crate) fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

impl ExpectedRecord {
    fn check(&self, cause_rule: CauseRule) -> Result<(), String> {
        if self.cause.as_ref().is_some_and(String::is_empty) {
            return Err("`cause` is empty and would match any cause".to_owned());
        }
        if self.base64.is_some() && self.payload().is_none() {
            return Err("the value of `base64` is not valid base64".to_owned());
        }
        if self.final_newline.is_some() && self.json_lines.is_none() {
            return Err("`finalNewline` belongs to `jsonLines`, which is missing".to_owned());
        }
        let payloads = [
            self.json.is_some(),
            self.json_lines.is_some(),
            self.text.is_some(),
            self.base64.is_some(),
        ];
        let payloads = payloads.into_iter().filter(|given| *given).count();
        match (self.result.as_str(), payloads, &self.cause) {
            ("Ok", 1, None) | ("Dropped", 0, None) | ("ProcessingFailed", 0, Some(_)) => Ok(()),
            ("Ok", _, None) => {
                Err("`Ok` needs one of `json`, `jsonLines`, `text` and `base64`".to_owned())
            }
            ("ProcessingFailed", 0, None) if cause_rule == CauseRule::Optional => Ok(()),
            ("Ok" | "Dropped", _, Some(_)) => {
                Err("only `ProcessingFailed` has a `cause`".to_owned())
            }
            ("ProcessingFailed", _, None) => {
                Err("`ProcessingFailed` needs a `cause`: a part of the cause in the log".to_owned())
            }
            ("Dropped" | "ProcessingFailed", _, _) => {
                Err("only `Ok` has `json`, `jsonLines`, `text` or `base64`".to_owned())
            }
            (other, _, _) => Err(format!(
                "`result` is {other:?}, but must be \"Ok\", \"Dropped\" or \"ProcessingFailed\""
            )),
        }
    }
}
