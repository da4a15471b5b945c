use std::borrow::Cow;

use bytes::Bytes;
use firehose_core::{JsonKey, JsonScanner, JsonSyntaxError};

use super::{answer_metadata::AnswerMetadata, violation::Violation};
use crate::{
    base64_codec::decode_base64,
    cause::shortened,
    event::payload::{PayloadField, not_base64},
    json::{fields::Fields, json_text::JsonText},
};

/// One element of `records` in a response, as it is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct ResponseRecord<'a> {
    json: JsonText<'a>,
    record_id: JsonText<'a>,
    result: JsonText<'a>,
    data: JsonText<'a>,
    kafka_record_value: JsonText<'a>,
    metadata: JsonText<'a>,
}

/// A valid answer to a record.
#[derive(Clone, Debug)]
pub enum RecordAnswer {
    /// Firehose delivers the output.
    Ok {
        /// The decoded payload.
        data: Bytes,
        /// The partition keys and the Iceberg routing.
        metadata: AnswerMetadata,
    },
    /// Firehose delivers nothing.
    Dropped,
    /// Firehose delivers the original record under the error output prefix.
    ProcessingFailed,
}

impl RecordAnswer {
    /// Returns the first violation of the `metadata`. Firehose uses the rest of the answer.
    pub(super) fn metadata_violation(&self) -> Option<&Violation> {
        match self {
            Self::Ok { metadata, .. } => metadata.violation(),
            Self::Dropped | Self::ProcessingFailed => None,
        }
    }

    /// Returns the first of `keys` that the partition keys of an output lack.
    pub(super) fn missing_key<'k>(&self, keys: &'k [String]) -> Option<&'k str> {
        let Self::Ok { metadata: AnswerMetadata { partition_keys: Ok(values), .. }, .. } = self
        else {
            return None;
        };
        keys.iter().find(|key| !values.contains_key(*key)).map(String::as_str)
    }
}

impl<'a> ResponseRecord<'a> {
    /// Returns the JSON text of the element.
    pub fn json(&self) -> &'a str {
        self.json.json()
    }

    /// Returns `recordId`, if it is a string. Half of a surrogate pair reads as its escape, as in
    /// [`EventRecord::record_id`](crate::EventRecord::record_id).
    pub fn record_id(&self) -> Option<Cow<'a, str>> {
        self.record_id.string_with_halves()
    }

    /// Returns `result`, if it is a string.
    pub fn result(&self) -> Option<Cow<'a, str>> {
        self.result.string()
    }

    /// Returns the base64 text of `data` or, if `data` is not a string, of `kafkaRecordValue`.
    pub fn payload(&self) -> Option<Cow<'a, str>> {
        self.data.string().or_else(|| self.kafka_record_value.string())
    }

    /// Reads the answer. `index` is the position of the element in `records`, and `field` is the
    /// field that must have the payload.
    ///
    /// # Errors
    ///
    /// If the answer violates the contract, apart from its `metadata`. The error is the first
    /// violation.
    pub fn answer(&self, index: usize, field: PayloadField) -> Result<RecordAnswer, Violation> {
        self.check_form(index)?;
        let result = self.result.string();
        let result = match result.as_deref() {
            Some(result @ ("Ok" | "Dropped" | "ProcessingFailed")) => result,
            _ => {
                let (record_id, found) = (self.shown_id(), shown(self.result));
                return Err(Violation::InvalidResult { record_id, found });
            }
        };
        let data = self.data(field, result == "Ok")?;
        Ok(match (result, data) {
            ("Ok", Some(data)) => RecordAnswer::Ok {
                data,
                metadata: AnswerMetadata::read(self.metadata, self.record_id),
            },
            ("Dropped", _) => RecordAnswer::Dropped,
            _ => RecordAnswer::ProcessingFailed,
        })
    }

    /// Reads an element of any kind from a scanner of `text`.
    pub(super) fn read(
        scanner: &mut JsonScanner<'a>,
        text: &'a str,
    ) -> Result<Self, JsonSyntaxError> {
        let mut record = Self::default();
        if scanner.peek() != Some(b'{') {
            record.json = JsonText::read(scanner)?;
            return Ok(record);
        }
        let start = scanner.offset();
        let mut fields = Fields::enter(scanner, &FIELDS)?;
        while let Some(field) = fields.next(scanner)? {
            let value = JsonText::read(scanner)?;
            *match field {
                Field::RecordId => &mut record.record_id,
                Field::Result => &mut record.result,
                Field::Data => &mut record.data,
                Field::KafkaRecordValue => &mut record.kafka_record_value,
                Field::Metadata => &mut record.metadata,
            } = value;
        }
        record.json = JsonText::new(&text[start..scanner.offset()]);
        Ok(record)
    }

    /// Checks that the element is an object whose `recordId` is a string, null or missing.
    pub(super) fn check_form(&self, index: usize) -> Result<(), Violation> {
        if self.json.kind() != "an object" {
            return Err(Violation::NotAnObject { index, found: self.json.kind() });
        }
        match self.record_id.kind() {
            "a string" | "null" | "missing" => Ok(()),
            found => Err(Violation::NoRecordId { index, found }),
        }
    }

    /// Names the kind of the `recordId`, for a message.
    pub(super) fn record_id_kind(&self) -> &'static str {
        self.record_id.kind()
    }

    fn has_payload(&self, field: PayloadField) -> bool {
        self.field(field).unquoted().is_some()
    }

    /// Returns the id for a message, or an empty text without an id.
    fn shown_id(&self) -> String {
        self.record_id().unwrap_or_default().into_owned()
    }

    fn field(&self, field: PayloadField) -> JsonText<'a> {
        match field {
            PayloadField::Data => self.data,
            PayloadField::KafkaRecordValue => self.kafka_record_value,
        }
    }

    /// Decodes the payload. Only `Ok` needs one, but a payload of another result must be base64
    /// too.
    fn data(&self, field: PayloadField, is_ok: bool) -> Result<Option<Bytes>, Violation> {
        let payload = self.field(field);
        match payload.string_or_kind() {
            Ok(text) => {
                decode_base64(text.as_bytes()).map(Some).map_err(|error| Violation::NotBase64 {
                    record_id: self.shown_id(),
                    reason: not_base64(field, &error),
                })
            }
            Err("missing" | "null") if !is_ok => Ok(None),
            Err("missing") if self.has_payload(field.other()) => {
                Err(Violation::WrongPayloadField { record_id: self.shown_id(), field })
            }
            Err(found) => Err(Violation::NoPayload { record_id: self.shown_id(), field, found }),
        }
    }
}

/// Returns a value for a message: short, and without control characters. A missing value gives an
/// empty text.
fn shown(value: JsonText<'_>) -> String {
    match value.string_or_kind() {
        Ok(text) => format!("{:?}", shortened(&text, 64)),
        Err("missing") => String::new(),
        Err("null" | "a boolean" | "a number") => shortened(value.json(), 64),
        Err(kind) => kind.to_owned(),
    }
}

#[derive(Clone, Copy)]
enum Field {
    RecordId,
    Result,
    Data,
    KafkaRecordValue,
    Metadata,
}

/// The fields in the order in which this crate writes them.
const FIELDS: [(JsonKey, Field); 5] = [
    (JsonKey::new("recordId"), Field::RecordId),
    (JsonKey::new("result"), Field::Result),
    (JsonKey::new("data"), Field::Data),
    (JsonKey::new("metadata"), Field::Metadata),
    (JsonKey::new("kafkaRecordValue"), Field::KafkaRecordValue),
];
