use std::{borrow::Cow, str};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use firehose_transforms::compression::{Compression, Decompress, decompress};
use serde::Serialize;
use serde_json::value::RawValue;

use super::super::log_events::log_events;

/// A record of an event or a response, with its payload unpacked.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DecodedRecord {
    pub(super) record_id: String,
    /// The result in a response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) result: Option<String>,
    /// The formats that were unpacked, such as `gzip` and `cloudwatch-logs`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) unpacked: Vec<&'static str>,
    #[serde(flatten, skip_serializing_if = "Content::is_missing")]
    pub(super) content: Content,
}

/// The content of a payload in its most readable form.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Content {
    /// The reason why a payload cannot be decoded, or why a record of an event has no payload.
    Error(String),
    LogEvents(Vec<Box<RawValue>>),
    Json(Box<RawValue>),
    Text(String),
    Base64(String),
    /// No payload, in a record of a response.
    Missing(()),
}

impl DecodedRecord {
    /// Unpacks the payload of a record.
    pub(super) fn new(record_id: Cow<'_, str>, data: Bytes) -> Self {
        let mut unpacked = Vec::new();
        let data = match Compression::detect(&data) {
            Some(format) => match decompress(format, &data, Decompress::DEFAULT_MAX_BYTES) {
                Ok(data) => {
                    unpacked.push(format.name());
                    data
                }
                // Uncompressed data may begin with the same bytes as compressed data.
                Err(_) => data,
            },
            None => data,
        };
        let content = match log_events(&data) {
            Some(events) => {
                unpacked.push("cloudwatch-logs");
                Content::LogEvents(events)
            }
            None => Content::of(&data),
        };
        Self { record_id: record_id.into_owned(), result: None, unpacked, content }
    }
}

impl Content {
    fn is_missing(&self) -> bool {
        matches!(self, Self::Missing(()))
    }

    fn of(data: &[u8]) -> Self {
        match str::from_utf8(data) {
            Err(_) => Self::Base64(STANDARD.encode(data)),
            // `RawValue` loses white space around JSON, so such a payload stays text.
            Ok(text) => match RawValue::from_string(text.to_owned()) {
                Ok(json) if text.trim_ascii() == text => Self::Json(json),
                Ok(_) | Err(_) => Self::Text(text.to_owned()),
            },
        }
    }
}
