use std::borrow::Cow;

use bytes::Bytes;
use firehose_core::{
    JsonKey, JsonScanner, JsonSyntaxError, KinesisMetadata, MskMetadata, Timestamp,
};

use super::{
    metadata::{KinesisFields, MskFields},
    payload::{self, BadPayload, PayloadField},
};
use crate::json::{fields::Fields, json_text::JsonText};

/// One record of an [`Event`](crate::Event). The fields stay as they are written. Each method
/// parses its field.
#[derive(Clone, Debug, Default)]
pub struct EventRecord<'a> {
    record_id: JsonText<'a>,
    arrival_time: JsonText<'a>,
    pub(super) field: PayloadField,
    /// `true` if some string of the record may have escapes. Without escapes, strings are not
    /// searched for them, which saves 3.1 % of the instructions of a 6 MB event.
    has_escapes: bool,
    value: JsonText<'a>,
    kinesis: Option<KinesisFields<'a>>,
    /// Boxed to keep records small, because most records come from other sources.
    msk: Option<Box<MskFields<'a>>>,
}

impl<'a> EventRecord<'a> {
    /// Returns `recordId`. Half of a surrogate pair (`"\ud800"`), which JSON allows and a Rust
    /// string cannot hold, reads as the text of its escape. The response has the JSON string of the
    /// event. An integer reads as its digits, and the response has the digits in quotes.
    pub fn record_id(&self) -> Cow<'a, str> {
        self.record_id.text_with_hint(self.has_escapes).unwrap_or_default()
    }

    /// Returns `recordId` as a JSON string.
    pub(crate) fn record_id_json(&self) -> Cow<'a, str> {
        match self.record_id.json() {
            string if string.starts_with('"') => string.into(),
            number => format!("\"{number}\"").into(),
        }
    }

    /// Returns `approximateArrivalTimestamp`, or `None` if the field is missing or is not a time.
    pub fn arrival_time(&self) -> Option<Timestamp> {
        self.arrival_time.timestamp()
    }

    /// Returns `kinesisRecordMetadata`. A missing shard id, partition key or sequence number reads
    /// as an empty string.
    pub fn kinesis_record_metadata(&self) -> Option<KinesisMetadata> {
        self.kinesis_record_metadata_at(self.arrival_time())
    }

    /// Returns the Kinesis metadata of a record with this arrival time.
    ///
    /// Firehose sends the arrival time twice, with the same text. Parsing the text once saves time:
    /// see [`performance`](crate::performance).
    pub(crate) fn kinesis_record_metadata_at(
        &self,
        arrival_time: Option<Timestamp>,
    ) -> Option<KinesisMetadata> {
        let parse = |time: JsonText<'a>| {
            if time.json() == self.arrival_time.json() { arrival_time } else { time.timestamp() }
        };
        self.kinesis.as_ref().map(|it| it.metadata(self.has_escapes, parse))
    }

    /// Returns `mskRecordMetadata`. A missing partition id or offset reads as an empty string.
    pub fn msk_record_metadata(&self) -> Option<MskMetadata> {
        self.msk.as_deref().map(|it| it.metadata(self.has_escapes))
    }

    /// Decodes the payload in `kafkaRecordValue`, or in `data` if `kafkaRecordValue` is missing or
    /// null.
    ///
    /// # Errors
    ///
    /// If the field is missing, null, not a string or not base64.
    pub fn payload(&self) -> Result<Bytes, BadPayload> {
        payload::decode(self.field, self.value)
    }

    /// Returns the length of the payload in the event, in bytes of JSON.
    pub(crate) fn encoded_bytes(&self) -> usize {
        self.value.json().len()
    }

    /// Reads an entry of `records` into an empty record. Returns `false` for an entry without an
    /// id, which cannot be answered.
    pub(super) fn read(&mut self, scanner: &mut JsonScanner<'a>) -> Result<bool, JsonSyntaxError> {
        if scanner.peek() != Some(b'{') {
            scanner.value()?;
            return Ok(false);
        }
        let (mut data, mut kafka) = (JsonText::default(), JsonText::default());
        let mut fields = Fields::enter(scanner, &FIELDS)?;
        while let Some(field) = fields.next(scanner)? {
            match field {
                RecordField::RecordId => self.record_id = JsonText::read(scanner)?,
                RecordField::ArrivalTime => self.arrival_time = JsonText::read(scanner)?,
                RecordField::Data => data = JsonText::read(scanner)?,
                RecordField::KafkaRecordValue => kafka = JsonText::read(scanner)?,
                RecordField::KinesisRecordMetadata if scanner.peek() == Some(b'{') => {
                    self.kinesis.insert(KinesisFields::default()).read(scanner)?;
                }
                RecordField::KinesisRecordMetadata => {
                    scanner.value()?;
                    self.kinesis = None;
                }
                RecordField::MskRecordMetadata if scanner.peek() == Some(b'{') => {
                    self.msk.insert(Box::default()).read(scanner)?;
                }
                RecordField::MskRecordMetadata => {
                    scanner.value()?;
                    self.msk = None;
                }
            }
        }
        // Some writers write all fields, with null for those that have no value.
        (self.field, self.value) = match kafka.kind() {
            "missing" => (PayloadField::Data, data),
            "null" if !data.is_missing() => (PayloadField::Data, data),
            _ => (PayloadField::KafkaRecordValue, kafka),
        };
        self.has_escapes = scanner.has_seen_escapes();
        Ok(self.record_id.text_with_hint(self.has_escapes).is_some())
    }
}

#[derive(Clone, Copy)]
enum RecordField {
    RecordId,
    ArrivalTime,
    Data,
    KafkaRecordValue,
    KinesisRecordMetadata,
    MskRecordMetadata,
}

const FIELDS: [(JsonKey, RecordField); 6] = [
    (JsonKey::new("recordId"), RecordField::RecordId),
    (JsonKey::new("approximateArrivalTimestamp"), RecordField::ArrivalTime),
    (JsonKey::new("data"), RecordField::Data),
    (JsonKey::new("kinesisRecordMetadata"), RecordField::KinesisRecordMetadata),
    (JsonKey::new("mskRecordMetadata"), RecordField::MskRecordMetadata),
    (JsonKey::new("kafkaRecordValue"), RecordField::KafkaRecordValue),
];
