use std::fmt;

use base64::{DecodeError, DecodeSliceError, Engine};
use bytes::Bytes;

use super::scalar::Scalar;
use crate::base64_engine;

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
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::KafkaRecordValue => "kafkaRecordValue",
        }
    }

    /// The field of the other kind of source.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Data => Self::KafkaRecordValue,
            Self::KafkaRecordValue => Self::Data,
        }
    }
}

/// Why a record has no payload that could be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadPayload {
    message: String,
}

impl BadPayload {
    pub(super) fn new(message: String) -> Self {
        Self { message }
    }
}

impl fmt::Display for BadPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for BadPayload {}

/// Decodes what the event has in `field`.
pub(super) fn decode(field: PayloadField, value: Scalar<'_>) -> Result<Bytes, BadPayload> {
    let name = field.as_str();
    let Some(text) = value.unquoted() else {
        return Err(BadPayload::new(match value.kind() {
            "missing" => format!("`{name}` is missing"),
            kind => format!("`{name}` is {kind}, not a base64 string"),
        }));
    };
    match decode_text(text) {
        // An escape is no base64, but may stand for some: `\/` is how some write a slash.
        Err(_) if value.has_escapes() => match value.string() {
            Some(text) => decode_text(&text),
            None => {
                let message = format!("`{name}` is a string that cannot be read, not base64");
                return Err(BadPayload::new(message));
            }
        },
        decoded => decoded,
    }
    .map_err(|error| BadPayload::new(not_base64(field, &error)))
}

#[expect(clippy::slow_vector_initialization, reason = "zeroed memory is not from glibc's cache")]
fn decode_text(text: &str) -> Result<Bytes, DecodeError> {
    let padding = text.bytes().rev().take(2).take_while(|&byte| byte == b'=').count();
    // In a buffer of the exact length, the bytes are handed over without another allocation.
    let length = (text.len() / 4 * 3).saturating_sub(padding);
    let mut decoded = Vec::with_capacity(length);
    decoded.resize(length, 0);
    match base64_engine().decode_slice(text, &mut decoded) {
        Ok(length) => decoded.truncate(length),
        Err(DecodeSliceError::DecodeError(error)) => return Err(error),
        // Too short for what is no base64, so the full decoder says what is wrong.
        Err(DecodeSliceError::OutputSliceTooSmall) => decoded = base64_engine().decode(text)?,
    }
    Ok(decoded.into())
}

/// Says where, and leaves out the byte that `DecodeError` would show.
pub(crate) fn not_base64(field: PayloadField, error: &DecodeError) -> String {
    let field = field.as_str();
    match error {
        DecodeError::InvalidByte(offset, _) | DecodeError::InvalidLastSymbol { offset, .. } => {
            format!("`{field}` is not base64: invalid symbol at offset {offset}")
        }
        DecodeError::InvalidLength(length) => {
            format!("`{field}` is not base64: {length} symbols are not a valid length")
        }
        DecodeError::InvalidPadding => format!("`{field}` is not base64: wrong padding"),
    }
}
