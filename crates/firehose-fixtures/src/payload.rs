use std::str;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::value::RawValue;

use crate::{expected::ExpectedRecord, json_tree::JsonTree};

/// A payload in the most specific form that preserves all its bytes, except spaces between JSON tokens.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Payload<'a> {
    Json(JsonTree),
    /// One JSON value in each line.
    JsonLines {
        lines: Vec<JsonTree>,
        final_newline: bool,
    },
    Text(&'a str),
    Binary(&'a [u8]),
}

impl<'a> Payload<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        let Ok(text) = str::from_utf8(bytes) else { return Self::Binary(bytes) };
        if let Some(json) = json(text) {
            return Self::Json(json);
        }
        match json_lines(text) {
            Some(lines) => {
                let lines = lines.iter().filter_map(|line| json(line)).collect();
                Self::JsonLines { lines, final_newline: text.ends_with('\n') }
            }
            None => Self::Text(text),
        }
    }

    /// Returns the JSON values of the payload. Text counts as one JSON string, so that rules apply
    /// to text.
    pub(crate) fn values(self) -> Vec<JsonTree> {
        match self {
            Self::Json(value) => vec![value],
            Self::JsonLines { lines, .. } => lines,
            Self::Text(text) => vec![text_tree(text)],
            Self::Binary(_) => Vec::new(),
        }
    }
}

/// Returns a text as a JSON string.
pub(crate) fn text_tree(text: &str) -> JsonTree {
    JsonTree::Leaf(serde_json::to_string(text).unwrap_or_default())
}

/// Parses JSON. Returns `None` if white space surrounds the value, because the fields `json` and
/// `jsonLines` cannot show this white space.
fn json(text: &str) -> Option<JsonTree> {
    JsonTree::parse(text).filter(|_| text.trim_ascii() == text)
}

/// Returns the lines of a text if each line is JSON.
fn json_lines(text: &str) -> Option<Vec<&str>> {
    if !text.contains('\n') {
        return None;
    }
    let lines: Vec<_> = text.strip_suffix('\n').unwrap_or(text).split('\n').collect();
    lines.iter().all(|line| json(line).is_some()).then_some(lines)
}

/// The payload of a record in the fields `json`, `jsonLines`, `text` and `base64`.
impl ExpectedRecord {
    /// Stores a payload in its most readable form: JSON, or else lines of JSON, or else text, or
    /// else base64. Stores lines of JSON as text if `lines_as_text` is set.
    pub(crate) fn set_payload(&mut self, payload: &[u8], lines_as_text: bool) {
        self.clear_payload();
        let Ok(text) = str::from_utf8(payload) else {
            self.base64 = Some(STANDARD.encode(payload));
            return;
        };
        let raw = |text: &str| RawValue::from_string(text.to_owned()).ok();
        if text.trim_ascii() == text
            && let Some(json) = raw(text)
        {
            self.json = Some(json);
            return;
        }
        let lines = json_lines(text).filter(|_| !lines_as_text);
        let lines: Option<Vec<_>> = lines.and_then(|lines| lines.into_iter().map(raw).collect());
        match lines {
            Some(lines) => {
                self.json_lines = Some(lines);
                self.final_newline = (!text.ends_with('\n')).then_some(false);
            }
            None => self.text = Some(text.to_owned()),
        }
    }

    fn clear_payload(&mut self) {
        (self.json, self.json_lines, self.final_newline) = (None, None, None);
        (self.text, self.base64) = (None, None);
    }

    /// Returns the bytes of the payload. Returns `None` for a record without a payload, and for
    /// invalid base64.
    pub(crate) fn payload(&self) -> Option<Vec<u8>> {
        if let Some(json) = &self.json {
            return Some(json.get().as_bytes().to_vec());
        }
        if let Some(lines) = &self.json_lines {
            // In the file, the white space between tokens may contain newlines.
            let lines: Vec<_> = lines.iter().map(|it| crate::compact::compact(it.get())).collect();
            let mut text = lines.join("\n");
            if self.final_newline != Some(false) && !lines.is_empty() {
                text.push('\n');
            }
            return Some(text.into_bytes());
        }
        if let Some(text) = &self.text {
            return Some(text.as_bytes().to_vec());
        }
        STANDARD.decode(self.base64.as_ref()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stores a payload, and returns the fields as JSON.
    fn stored(payload: &[u8], lines_as_text: bool) -> serde_json::Value {
        let mut record = ExpectedRecord::default();
        record.set_payload(payload, lines_as_text);
        assert_eq!(record.payload().unwrap(), payload);
        let mut fields = serde_json::to_value(&record).unwrap();
        fields.as_object_mut().unwrap().remove("result");
        fields
    }

    #[test]
    fn a_payload_has_its_most_readable_form() {
        use serde_json::json;
        for (payload, expected) in [
            (&b"{\"a\":1}"[..], json!({"json": {"a": 1}})),
            (b"{\"a\":1}\n", json!({"jsonLines": [{"a": 1}]})),
            (b"{\"a\":1}\n[2]\n", json!({"jsonLines": [{"a": 1}, [2]]})),
            (b"{\"a\":1}\n2", json!({"jsonLines": [{"a": 1}, 2], "finalNewline": false})),
            // These payloads have bytes that `jsonLines` cannot show.
            (b"{\"a\":1} \n", json!({"text": "{\"a\":1} \n"})),
            (b"{\"a\":1}\r\n", json!({"text": "{\"a\":1}\r\n"})),
            (b"1\n\n2\n", json!({"text": "1\n\n2\n"})),
            (b"\n", json!({"text": "\n"})),
            (b"1\nx\n", json!({"text": "1\nx\n"})),
            (b"", json!({"text": ""})),
            (b"\xff", json!({"base64": "/w=="})),
        ] {
            assert_eq!(stored(payload, false), expected);
        }
        assert_eq!(stored(b"1\n2\n", true), json!({"text": "1\n2\n"}));
        assert_eq!(stored(b"1", true), json!({"json": 1}));
    }
}
