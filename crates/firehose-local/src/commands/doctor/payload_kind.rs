use std::{fmt, str};

use bytes::Bytes;
use firehose_transforms::compression::{Compress, Compression, Decompress, decompress};
use serde_json::Value;

/// The kind of the payload that a function reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PayloadKind {
    Json,
    Text,
    /// An envelope of CloudWatch Logs: JSON in gzip.
    CloudWatchLogs,
    /// Other JSON in gzip.
    JsonInGzip,
    Binary,
}

impl PayloadKind {
    /// Finds the kind of a payload.
    pub(super) fn of(payload: &Bytes) -> Self {
        if is_gzip(payload) {
            let text = gunzip(payload).unwrap_or_default();
            return match serde_json::from_slice(&text) {
                Ok(Value::Object(envelope)) if envelope.contains_key("messageType") => {
                    Self::CloudWatchLogs
                }
                Ok(Value::Object(_) | Value::Array(_)) => Self::JsonInGzip,
                Ok(_) | Err(_) => Self::Binary,
            };
        }
        match str::from_utf8(payload) {
            Err(_) => Self::Binary,
            Ok(text) => match serde_json::from_str(text) {
                Ok(Value::Object(_) | Value::Array(_)) => Self::Json,
                Ok(_) | Err(_) => Self::Text,
            },
        }
    }

    /// Returns the text inside a payload, without compression.
    pub(super) fn unpack(self, payload: &Bytes) -> Bytes {
        match self {
            Self::CloudWatchLogs | Self::JsonInGzip => gunzip(payload).unwrap_or_default(),
            Self::Json | Self::Text | Self::Binary => payload.clone(),
        }
    }

    /// Returns the payload with a text inside.
    pub(super) fn pack(self, text: Bytes) -> Bytes {
        match self {
            Self::CloudWatchLogs | Self::JsonInGzip => gzip(&text),
            Self::Json | Self::Text | Self::Binary => text,
        }
    }

    /// Returns `true` if a damaged payload of this kind cannot be read. Any text is a text.
    pub(super) fn has_a_format(self) -> bool {
        matches!(self, Self::Json | Self::CloudWatchLogs | Self::JsonInGzip)
    }

    /// Returns `true` if payloads are in gzip.
    pub(super) fn is_compressed(self) -> bool {
        matches!(self, Self::CloudWatchLogs | Self::JsonInGzip)
    }
}

impl fmt::Display for PayloadKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Json => "JSON",
            Self::Text => "text",
            Self::CloudWatchLogs => "CloudWatch Logs in gzip",
            Self::JsonInGzip => "JSON in gzip",
            Self::Binary => "binary data",
        })
    }
}

/// Compresses data.
pub(super) fn gzip(data: &[u8]) -> Bytes {
    // The compressor fails only if memory runs out.
    Compress::new(Compression::Gzip).compress(data).unwrap_or_default().into()
}

fn gunzip(data: &Bytes) -> Option<Bytes> {
    decompress(Compression::Gzip, data, Decompress::DEFAULT_MAX_BYTES).ok()
}

/// Returns the text in a payload that is in gzip. Returns `None` for other payloads.
pub(super) fn unpacked_gzip(payload: &Bytes) -> Option<Bytes> {
    if is_gzip(payload) { gunzip(payload) } else { None }
}

fn is_gzip(data: &[u8]) -> bool {
    data.starts_with(&[0x1f, 0x8b])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_has_a_kind() {
        let envelope = gzip(br#"{"messageType": "DATA_MESSAGE"}"#);
        for (payload, kind) in [
            (Bytes::from_static(b"{\"a\": 1}\n"), PayloadKind::Json),
            (Bytes::from_static(b"[]"), PayloadKind::Json),
            (Bytes::from_static(b"7"), PayloadKind::Text),
            (Bytes::from_static(b"GET / 200"), PayloadKind::Text),
            (Bytes::from_static(b""), PayloadKind::Text),
            (Bytes::from_static(&[0xff]), PayloadKind::Binary),
            (gzip(b"{}"), PayloadKind::JsonInGzip),
            (gzip(b"text"), PayloadKind::Binary),
            (envelope.slice(..12), PayloadKind::Binary),
            (envelope, PayloadKind::CloudWatchLogs),
        ] {
            assert_eq!(PayloadKind::of(&payload), kind, "{payload:?}");
            assert_eq!(PayloadKind::of(&kind.pack(kind.unpack(&payload))), kind, "{payload:?}");
        }
    }
}
