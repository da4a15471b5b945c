use std::fmt;

use base64::{DecodeError, Engine};
use bytes::Bytes;

use super::lenient::Lenient;
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
pub(super) fn decode(field: PayloadField, value: &Lenient<'_>) -> Result<Bytes, BadPayload> {
    let Lenient::Text(text) = value else {
        let field = field.as_str();
        return Err(BadPayload::new(match value {
            Lenient::Missing => format!("`{field}` is missing"),
            value => format!("`{field}` is {}, not a base64 string", value.kind()),
        }));
    };
    match base64_engine().decode(text.as_bytes()) {
        Ok(bytes) => Ok(bytes.into()),
        Err(error) => Err(BadPayload::new(not_base64(field, &error))),
    }
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
