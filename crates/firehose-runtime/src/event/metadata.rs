use std::borrow::Cow;

use firehose_core::{JsonKey, JsonScanner, JsonSyntaxError, Timestamp};

use super::{fields::Fields, scalar::Scalar};

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

impl<'a> KinesisRecordMetadata<'a> {
    /// `timestamp` reads a time, or knows it already.
    pub(super) fn new(
        fields: &KinesisFields<'a>,
        has_escapes: bool,
        timestamp: impl FnOnce(Scalar<'a>) -> Option<Timestamp>,
    ) -> Self {
        Self {
            shard_id: fields.shard_id.text_that(has_escapes),
            partition_key: fields.partition_key.text_that(has_escapes),
            sequence_number: fields.sequence_number.text_that(has_escapes),
            subsequence_number: fields.subsequence_number.count(),
            arrival_time: timestamp(fields.arrival_time),
        }
    }
}

impl<'a> MskRecordMetadata<'a> {
    pub(super) fn new(fields: &MskFields<'a>, has_escapes: bool) -> Self {
        Self {
            partition_id: fields.partition_id.text_that(has_escapes),
            offset: fields.offset.text_that(has_escapes),
            arrival_time: fields.arrival_time.timestamp(),
        }
    }
}

/// The fields of `kinesisRecordMetadata`, as they are written.
#[derive(Clone, Debug, Default)]
pub(super) struct KinesisFields<'a> {
    shard_id: Scalar<'a>,
    partition_key: Scalar<'a>,
    sequence_number: Scalar<'a>,
    subsequence_number: Scalar<'a>,
    arrival_time: Scalar<'a>,
}

#[derive(Clone, Copy)]
enum KinesisField {
    ShardId,
    PartitionKey,
    SequenceNumber,
    SubsequenceNumber,
    ArrivalTime,
}

impl<'a> KinesisFields<'a> {
    const NAMES: [(JsonKey, KinesisField); 5] = [
        (JsonKey::new("sequenceNumber"), KinesisField::SequenceNumber),
        (JsonKey::new("subsequenceNumber"), KinesisField::SubsequenceNumber),
        (JsonKey::new("partitionKey"), KinesisField::PartitionKey),
        (JsonKey::new("shardId"), KinesisField::ShardId),
        (JsonKey::new("approximateArrivalTimestamp"), KinesisField::ArrivalTime),
    ];

    pub(super) fn read(&mut self, scanner: &mut JsonScanner<'a>) -> Result<(), JsonSyntaxError> {
        let mut fields = Fields::of(scanner, &Self::NAMES)?;
        while let Some(field) = fields.next(scanner)? {
            let slot = match field {
                KinesisField::ShardId => &mut self.shard_id,
                KinesisField::PartitionKey => &mut self.partition_key,
                KinesisField::SequenceNumber => &mut self.sequence_number,
                KinesisField::SubsequenceNumber => &mut self.subsequence_number,
                KinesisField::ArrivalTime => &mut self.arrival_time,
            };
            *slot = Scalar::read(scanner)?;
        }
        Ok(())
    }
}

/// The fields of `mskRecordMetadata`, as they are written.
#[derive(Clone, Debug, Default)]
pub(super) struct MskFields<'a> {
    partition_id: Scalar<'a>,
    offset: Scalar<'a>,
    arrival_time: Scalar<'a>,
}

#[derive(Clone, Copy)]
enum MskField {
    PartitionId,
    Offset,
    ArrivalTime,
}

impl<'a> MskFields<'a> {
    const NAMES: [(JsonKey, MskField); 3] = [
        (JsonKey::new("offset"), MskField::Offset),
        (JsonKey::new("partitionId"), MskField::PartitionId),
        (JsonKey::new("approximateArrivalTimestamp"), MskField::ArrivalTime),
    ];

    pub(super) fn read(&mut self, scanner: &mut JsonScanner<'a>) -> Result<(), JsonSyntaxError> {
        let mut fields = Fields::of(scanner, &Self::NAMES)?;
        while let Some(field) = fields.next(scanner)? {
            let slot = match field {
                MskField::PartitionId => &mut self.partition_id,
                MskField::Offset => &mut self.offset,
                MskField::ArrivalTime => &mut self.arrival_time,
            };
            *slot = Scalar::read(scanner)?;
        }
        Ok(())
    }
}
