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
            Some(reason) => Err(BadPayload::new(format!(
                "the record cannot be read: {reason}"
            ))),
            None => payload::decode(self.field, &self.value),
        }
    }

    /// A record of which only the id could be read, if that.
    pub(super) fn unreadable(record_id: Option<Cow<'a, str>>, reason: impl fmt::Display) -> Self {
        Self {
            record_id,
            unreadable: Some(reason.to_string()),
            ..Self::default()
        }
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
        let mut record = Self::default();
        let mut kafka = Lenient::Missing;
        while let Some(field) = fields.next_key()? {
            match field {
                Field::RecordId => record.record_id = lenient(&mut fields)?.into_text(),
                Field::ApproximateArrivalTimestamp => {
                    record.arrival_time = lenient(&mut fields)?.into_timestamp();
                }
                Field::Data => record.value = fields.next_value()?,
                Field::KafkaRecordValue => kafka = fields.next_value()?,
                Field::KinesisRecordMetadata => {
                    record.kinesis_record_metadata = metadata(&mut fields)?.map(Into::into);
                }
                Field::MskRecordMetadata => {
                    record.msk_record_metadata = metadata(&mut fields)?.map(Into::into);
                }
                Field::Unknown => {
                    fields.next_value::<IgnoredAny>()?;
                }
            }
        }
        if !matches!(kafka, Lenient::Missing) {
            (record.field, record.value) = (PayloadField::KafkaRecordValue, kafka);
        }
        Ok(record)
    }
}

fn lenient<'de, M: MapAccess<'de>>(fields: &mut M) -> Result<Lenient<'de>, M::Error> {
    fields.next_value()
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
            other => Self::unreadable(None, format_args!("it is {}, not an object", other.kind())),
        })
    }
}
