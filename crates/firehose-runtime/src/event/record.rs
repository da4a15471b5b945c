use std::borrow::Cow;

use bytes::Bytes;
use firehose_core::{JsonKey, JsonScanner, JsonSyntaxError, Timestamp};

use super::{
    fields::Fields,
    metadata::{KinesisFields, KinesisRecordMetadata, MskFields, MskRecordMetadata},
    payload::{self, BadPayload, PayloadField},
    scalar::Scalar,
};

/// One record of an [`Event`](super::Event), read and decoded when it is asked for.
#[derive(Clone, Debug, Default)]
pub struct EventRecord<'a> {
    record_id: Scalar<'a>,
    arrival_time: Scalar<'a>,
    pub(super) field: PayloadField,
    /// Whether any of it may have.
    has_escapes: bool,
    value: Scalar<'a>,
    kinesis: Option<KinesisFields<'a>>,
    /// Boxed to keep records small: most are from other sources.
    msk: Option<Box<MskFields<'a>>>,
}

impl<'a> EventRecord<'a> {
    /// `recordId`.
    pub fn record_id(&self) -> Cow<'a, str> {
        self.record_id.text_that(self.has_escapes).unwrap_or_default()
    }

    /// `recordId` as JSON.
    pub(crate) fn record_id_json(&self) -> Cow<'a, str> {
        match self.record_id.json() {
            string if string.starts_with('"') => string.into(),
            number => format!("\"{number}\"").into(),
        }
    }

    /// `approximateArrivalTimestamp`, to the millisecond.
    pub fn arrival_time(&self) -> Option<Timestamp> {
        self.arrival_time.timestamp()
    }

    /// `kinesisRecordMetadata`.
    pub fn kinesis_record_metadata(&self) -> Option<KinesisRecordMetadata<'a>> {
        self.kinesis_record_metadata_at(self.arrival_time())
    }

    /// `kinesisRecordMetadata` of a record that arrived at this time: Firehose sends the time
    /// twice, and to read it takes a while.
    pub(crate) fn kinesis_record_metadata_at(
        &self,
        arrival_time: Option<Timestamp>,
    ) -> Option<KinesisRecordMetadata<'a>> {
        let read = |time: Scalar<'a>| {
            if time.json() == self.arrival_time.json() { arrival_time } else { time.timestamp() }
        };
        let fields = self.kinesis.as_ref()?;
        Some(KinesisRecordMetadata::new(fields, self.has_escapes, read))
    }

    /// `mskRecordMetadata`.
    pub fn msk_record_metadata(&self) -> Option<MskRecordMetadata<'a>> {
        self.msk.as_deref().map(|it| MskRecordMetadata::new(it, self.has_escapes))
    }

    /// Decodes the payload: of `kafkaRecordValue` if the record has it, else of `data`.
    ///
    /// # Errors
    ///
    /// If the field is missing, null, not a string or not base64.
    pub fn payload(&self) -> Result<Bytes, BadPayload> {
        payload::decode(self.field, self.value)
    }

    /// How long the payload is in the event.
    pub(crate) fn encoded_bytes(&self) -> usize {
        self.value.json().len()
    }

    /// Reads an entry of `records` into a fresh record, and says whether it has an id, without
    /// which it cannot be answered.
    pub(super) fn read(&mut self, scanner: &mut JsonScanner<'a>) -> Result<bool, JsonSyntaxError> {
        if scanner.peek() != Some(b'{') {
            scanner.value()?;
            return Ok(false);
        }
        let (mut data, mut kafka) = (Scalar::default(), Scalar::default());
        let mut fields = Fields::of(scanner, &FIELDS)?;
        while let Some(field) = fields.next(scanner)? {
            match field {
                Field::RecordId => self.record_id = Scalar::read(scanner)?,
                Field::ArrivalTime => self.arrival_time = Scalar::read(scanner)?,
                Field::Data => data = Scalar::read(scanner)?,
                Field::KafkaRecordValue => kafka = Scalar::read(scanner)?,
                Field::KinesisRecordMetadata if scanner.peek() == Some(b'{') => {
                    self.kinesis.insert(KinesisFields::default()).read(scanner)?;
                }
                Field::KinesisRecordMetadata => {
                    scanner.value()?;
                    self.kinesis = None;
                }
                Field::MskRecordMetadata if scanner.peek() == Some(b'{') => {
                    self.msk.insert(Box::default()).read(scanner)?;
                }
                Field::MskRecordMetadata => {
                    scanner.value()?;
                    self.msk = None;
                }
            }
        }
        // Some writers put in all fields, and null for those that have no value.
        (self.field, self.value) = match kafka.kind() {
            "missing" => (PayloadField::Data, data),
            "null" if !data.is_missing() => (PayloadField::Data, data),
            _ => (PayloadField::KafkaRecordValue, kafka),
        };
        self.has_escapes = scanner.has_seen_escapes();
        Ok(self.record_id.text_that(self.has_escapes).is_some())
    }
}

#[derive(Clone, Copy)]
enum Field {
    RecordId,
    ArrivalTime,
    Data,
    KafkaRecordValue,
    KinesisRecordMetadata,
    MskRecordMetadata,
}

const FIELDS: [(JsonKey, Field); 6] = [
    (JsonKey::new("recordId"), Field::RecordId),
    (JsonKey::new("approximateArrivalTimestamp"), Field::ArrivalTime),
    (JsonKey::new("data"), Field::Data),
    (JsonKey::new("kinesisRecordMetadata"), Field::KinesisRecordMetadata),
    (JsonKey::new("mskRecordMetadata"), Field::MskRecordMetadata),
    (JsonKey::new("kafkaRecordValue"), Field::KafkaRecordValue),
];
