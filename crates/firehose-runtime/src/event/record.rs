use std::{borrow::Cow, fmt};

use bytes::Bytes;
use firehose_core::Timestamp;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess};

use super::{
    lenient::{FromObject, Lenient},
    metadata::{KinesisRecordMetadata, Metadata, MskRecordMetadata},
    payload::{self, BadPayload, PayloadField},
};

/// One record of an [`Event`](super::Event), its payload not yet decoded.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct EventRecord<'a> {
    /// `recordId`. Without it, a record cannot be answered.
    pub record_id: Option<Cow<'a, str>>,
    /// `approximateArrivalTimestamp`, to the millisecond.
    pub arrival_time: Option<Timestamp>,
    /// `kinesisRecordMetadata`.
    pub kinesis_record_metadata: Option<KinesisRecordMetadata<'a>>,
    /// `mskRecordMetadata`.
    pub msk_record_metadata: Option<MskRecordMetadata<'a>>,
    pub(super) field: PayloadField,
    value: Lenient<'a>,
    /// Why the record could not be read at all.
    unreadable: Option<String>,
}

impl<'a> EventRecord<'a> {
    /// Decodes the payload: of `kafkaRecordValue` if the record has it, else of `data`.
    ///
    /// # Errors
    ///
    /// If the field is missing, null, not a string or not base64.
    pub fn payload(&self) -> Result<Bytes, BadPayload> {
        match &self.unreadable {
            Some(reason) => Err(BadPayload::new(format!("the record cannot be read: {reason}"))),
            None => payload::decode(self.field, &self.value),
        }
    }

    /// A record of its fields, each whatever JSON it is.
    pub(super) fn new(
        record_id: Lenient<'a>,
        arrival_time: Lenient<'a>,
        data: Lenient<'a>,
        kafka: Lenient<'a>,
        kinesis: Option<Metadata<'a>>,
        msk: Option<Metadata<'a>>,
    ) -> Self {
        // Some writers put in all fields, and null for those that have no value.
        let has_data = !matches!(data, Lenient::Missing);
        let (field, value) = match kafka {
            Lenient::Missing => (PayloadField::Data, data),
            Lenient::Null if has_data => (PayloadField::Data, data),
            kafka => (PayloadField::KafkaRecordValue, kafka),
        };
        Self {
            record_id: record_id.into_text(),
            arrival_time: arrival_time.into_timestamp(),
            kinesis_record_metadata: kinesis.map(Into::into),
            msk_record_metadata: msk.map(Into::into),
            field,
            value,
            unreadable: None,
        }
    }

    /// A record that is no object, and so has not even an id.
    pub(super) fn unreadable(reason: impl fmt::Display) -> Self {
        Self { unreadable: Some(reason.to_string()), ..Self::default() }
    }
}

#[derive(serde::Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Field {
    RecordId,
    ApproximateArrivalTimestamp,
    Data,
    KafkaRecordValue,
    KinesisRecordMetadata,
    MskRecordMetadata,
    #[serde(other)]
    Unknown,
}

impl<'de: 'a, 'a> FromObject<'de> for EventRecord<'a> {
    fn from_object<M: MapAccess<'de>>(mut fields: M) -> Result<Self, M::Error> {
        let (mut id, mut arrival_time) = (Lenient::Missing, Lenient::Missing);
        let (mut data, mut kafka) = (Lenient::Missing, Lenient::Missing);
        let (mut kinesis, mut msk) = (None, None);
        while let Some(field) = fields.next_key()? {
            match field {
                Field::RecordId => id = fields.next_value()?,
                Field::ApproximateArrivalTimestamp => arrival_time = fields.next_value()?,
                Field::Data => data = fields.next_value()?,
                Field::KafkaRecordValue => kafka = fields.next_value()?,
                Field::KinesisRecordMetadata => kinesis = metadata(&mut fields)?,
                Field::MskRecordMetadata => msk = metadata(&mut fields)?,
                Field::Unknown => {
                    fields.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Self::new(id, arrival_time, data, kafka, kinesis, msk))
    }
}

fn metadata<'de, M: MapAccess<'de>>(fields: &mut M) -> Result<Option<Metadata<'de>>, M::Error> {
    Ok(match fields.next_value()? {
        Lenient::<'de, Metadata<'de>>::Object(metadata) => Some(metadata),
        _ => None,
    })
}

impl<'de: 'a, 'a> Deserialize<'de> for EventRecord<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Anything but an object is a record too: one that nobody can answer.
        Ok(match Lenient::<'_, Self>::deserialize(deserializer)? {
            Lenient::Object(record) => record,
            other => Self::unreadable(format_args!("it is {}, not an object", other.kind())),
        })
    }
}
