use std::str;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::value::RawValue;

use crate::expected::ExpectedRecord;

/// The payload of a record in the fields `json`, `text` and `base64`.
impl ExpectedRecord {
    /// Stores a payload in its most readable form: JSON, or else text, or else base64.
    pub(crate) fn set_payload(&mut self, payload: &[u8]) {
        (self.json, self.text, self.base64) = (None, None, None);
        let Ok(text) = str::from_utf8(payload) else {
            self.base64 = Some(STANDARD.encode(payload));
            return;
        };
        // White space around JSON is part of the payload, but invisible in the field `json`.
        match RawValue::from_string(text.to_owned()) {
            Ok(json) if text.trim_ascii() == text => self.json = Some(json),
            Ok(_) | Err(_) => self.text = Some(text.to_owned()),
        }
    }

    /// Returns the bytes of the payload in any of its forms.
    pub(crate) fn payload(&self) -> Option<Vec<u8>> {
        let json = self.json.as_ref().map(|json| json.get().as_bytes().to_vec());
        let text = || self.text.as_ref().map(|text| text.as_bytes().to_vec());
        let base64 = || STANDARD.decode(self.base64.as_ref()?).ok();
        json.or_else(text).or_else(base64)
    }
}
