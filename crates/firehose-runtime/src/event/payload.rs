use std::fmt;

use bytes::Bytes;

use crate::{
    base64_codec::{InvalidBase64, decode_base64},
    json::json_text::JsonText,
};

/// The field that carries a record's payload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PayloadField {
    /// `data`: Direct PUT and Kinesis sources.
    #[default]
    Data,
    /// `kafkaRecordValue`: MSK sources.
    KafkaRecordValue,
}

impl PayloadField {
    /// Returns the name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::KafkaRecordValue => "kafkaRecordValue",
        }
    }

    /// Returns the field of the other kind of source.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Data => Self::KafkaRecordValue,
            Self::KafkaRecordValue => Self::Data,
        }
    }
}

/// An error for a record whose payload is missing or cannot be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadPayload {
    message: String,
}

impl BadPayload {
    fn new(message: String) -> Self {
        Self { message }
    }
}

impl fmt::Display for BadPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for BadPayload {}

/// Decodes the value of `field`.
pub(super) fn decode(field: PayloadField, value: JsonText<'_>) -> Result<Bytes, BadPayload> {
    let name = field.as_str();
    let Some(text) = value.unquoted() else {
        return Err(BadPayload::new(match value.kind() {
            "missing" => format!("`{name}` is missing"),
            kind => format!("`{name}` is {kind}, not a base64 string"),
        }));
    };
    match decode_base64(text.as_bytes()) {
        // The text may be base64 once its escapes are read: some writers escape a slash as `\/`.
        Err(_) if value.has_escapes() => match value.string() {
            Some(text) => decode_base64(text.as_bytes()),
            None => {
                return Err(BadPayload::new(format!("`{name}` has an invalid escape")));
            }
        },
        decoded => decoded,
    }
    .map_err(|error| BadPayload::new(not_base64(field, &error)))
}

/// Returns the message for a payload that is not base64.
pub(crate) fn not_base64(field: PayloadField, error: &InvalidBase64) -> String {
    format!("`{}` is not base64: {error}", field.as_str())
}
