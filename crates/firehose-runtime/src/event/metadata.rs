use std::borrow::Cow;

use firehose_core::Timestamp;
use serde::de::{IgnoredAny, MapAccess};

use super::lenient::{FromObject, Lenient};

/// `kinesisRecordMetadata`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KinesisRecordMetadata<'a> {
    /// `shardId`.
    pub shard_id: Option<Cow<'a, str>>,
    /// `partitionKey`.
    pub partition_key: Option<Cow<'a, str>>,
    /// `sequenceNumber`.
    pub sequence_number: Option<Cow<'a, str>>,
    /// `subsequenceNumber`.
    pub subsequence_number: Option<u64>,
    /// `approximateArrivalTimestamp`, to the millisecond.
    pub arrival_time: Option<Timestamp>,
}

/// `mskRecordMetadata`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MskRecordMetadata<'a> {
    /// `partitionId`.
    pub partition_id: Option<Cow<'a, str>>,
    /// `offset`.
    pub offset: Option<Cow<'a, str>>,
    /// `approximateArrivalTimestamp`, to the millisecond.
    pub arrival_time: Option<Timestamp>,
}

/// The fields of both, each whatever JSON it is.
#[derive(Default)]
pub(super) struct Metadata<'a> {
    pub(super) shard_id: Lenient<'a>,
    pub(super) partition_key: Lenient<'a>,
    pub(super) sequence_number: Lenient<'a>,
    pub(super) subsequence_number: Lenient<'a>,
    pub(super) partition_id: Lenient<'a>,
    pub(super) offset: Lenient<'a>,
    pub(super) arrival_time: Lenient<'a>,
}

#[derive(serde::Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Field {
    ShardId,
    PartitionKey,
    SequenceNumber,
    SubsequenceNumber,
    PartitionId,
    Offset,
    ApproximateArrivalTimestamp,
    #[serde(other)]
    Unknown,
}

impl<'de: 'a, 'a> FromObject<'de> for Metadata<'a> {
    fn from_object<M: MapAccess<'de>>(mut fields: M) -> Result<Self, M::Error> {
        let mut metadata = Self::default();
        while let Some(field) = fields.next_key()? {
            let slot = match field {
                Field::ShardId => &mut metadata.shard_id,
                Field::PartitionKey => &mut metadata.partition_key,
                Field::SequenceNumber => &mut metadata.sequence_number,
                Field::SubsequenceNumber => &mut metadata.subsequence_number,
                Field::PartitionId => &mut metadata.partition_id,
                Field::Offset => &mut metadata.offset,
                Field::ApproximateArrivalTimestamp => &mut metadata.arrival_time,
                Field::Unknown => {
                    fields.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *slot = fields.next_value()?;
        }
        Ok(metadata)
    }
}

impl<'a> From<Metadata<'a>> for KinesisRecordMetadata<'a> {
    fn from(metadata: Metadata<'a>) -> Self {
        Self {
            shard_id: metadata.shard_id.into_text(),
            partition_key: metadata.partition_key.into_text(),
            sequence_number: metadata.sequence_number.into_text(),
            subsequence_number: metadata.subsequence_number.into_u64(),
            arrival_time: metadata.arrival_time.into_timestamp(),
        }
    }
}

impl<'a> From<Metadata<'a>> for MskRecordMetadata<'a> {
    fn from(metadata: Metadata<'a>) -> Self {
        Self {
            partition_id: metadata.partition_id.into_text(),
            offset: metadata.offset.into_text(),
            arrival_time: metadata.arrival_time.into_timestamp(),
        }
    }
}
