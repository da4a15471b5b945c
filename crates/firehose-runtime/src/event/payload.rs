use std::fmt;

use base64::{DecodeError, Engine};
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

fn decode_text(text: &str) -> Result<Bytes, DecodeError> {
    let padding = text.bytes().rev().take(2).take_while(|&byte| byte == b'=').count();
    // In a buffer of the exact length, the bytes are handed over without another allocation.
    let length = (text.len() / 4 * 3).saturating_sub(padding);
    let mut decoded = Vec::with_capacity(length);
    // Piece by piece, so that what is zeroed is still in the cache when it is written.
    for piece in text.as_bytes().chunks(PIECE) {
        let start = decoded.len();
        decoded.resize(length.min(start + PIECE / 4 * 3), 0);
        match base64_engine().decode_slice(piece, &mut decoded[start..]) {
            Ok(written) if start + written == decoded.len() => {}
            // Whatever is wrong with it, the decoder says so for the whole of it.
            Ok(_) | Err(_) => return base64_engine().decode(text).map(Bytes::from),
        }
    }
    Ok(decoded.into())
}

/// A whole number of groups of four symbols.
const PIECE: usize = 16 * 1024;

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

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn long_payloads_are_decoded_as_the_standard_says() {
        let data: Vec<u8> = (0..5 * PIECE).map(|byte| (byte * 7) as u8).collect();
        let around = |length: usize| length.saturating_sub(5)..length + 5;
        for length in around(0).chain(around(PIECE / 4 * 3)).chain(around(PIECE / 2 * 3)) {
            let text = STANDARD.encode(&data[..length]);
            assert_eq!(decode_text(&text).unwrap(), &data[..length], "{length} bytes");
            for (place, wrong) in [(0, "!"), (text.len() / 2, "="), (text.len(), "A")] {
                let place = place.min(text.len().saturating_sub(1));
                let mut bad = text.clone();
                bad.insert_str(place, wrong);
                assert_eq!(
                    decode_text(&bad).map_err(|error| error.to_string()),
                    STANDARD.decode(&bad).map(Bytes::from).map_err(|error| error.to_string()),
                    "{length} bytes, {wrong} at {place}"
                );
            }
        }
        // Padding in the middle, where a piece ends.
        let two = [STANDARD.encode(&data[..PIECE / 4 * 3 - 1]), STANDARD.encode(b"more")].concat();
        assert!(decode_text(&two).is_err());
    }
}
