use firehose_core::{
    JsonKey, JsonScanner, JsonSyntaxError, KinesisMetadata, MskMetadata, Timestamp,
};

use crate::json::{fields::Fields, json_text::JsonText};

/// The fields of `kinesisRecordMetadata`, as they are written.
#[derive(Clone, Debug, Default)]
pub(super) struct KinesisFields<'a> {
    shard_id: JsonText<'a>,
    partition_key: JsonText<'a>,
    sequence_number: JsonText<'a>,
    subsequence_number: JsonText<'a>,
    arrival_time: JsonText<'a>,
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

    /// Returns the metadata for a transform.
    pub(super) fn metadata(
        &self,
        has_escapes: bool,
        parse_time: impl FnOnce(JsonText<'a>) -> Option<Timestamp>,
    ) -> KinesisMetadata {
        let text = |field: JsonText<'a>| field.text_with_hint(has_escapes).unwrap_or_default();
        let mut metadata = KinesisMetadata::new(
            text(self.shard_id),
            text(self.partition_key),
            text(self.sequence_number),
        );
        if let Some(number) = self.subsequence_number.count() {
            metadata = metadata.with_subsequence_number(number);
        }
        if let Some(time) = parse_time(self.arrival_time) {
            metadata = metadata.with_arrival_time(time);
        }
        metadata
    }

    pub(super) fn read(&mut self, scanner: &mut JsonScanner<'a>) -> Result<(), JsonSyntaxError> {
        let mut fields = Fields::enter(scanner, &Self::NAMES)?;
        while let Some(field) = fields.next(scanner)? {
            let slot = match field {
                KinesisField::ShardId => &mut self.shard_id,
                KinesisField::PartitionKey => &mut self.partition_key,
                KinesisField::SequenceNumber => &mut self.sequence_number,
                KinesisField::SubsequenceNumber => &mut self.subsequence_number,
                KinesisField::ArrivalTime => &mut self.arrival_time,
            };
            *slot = JsonText::read(scanner)?;
        }
        Ok(())
    }
}

/// The fields of `mskRecordMetadata`, as they are written.
#[derive(Clone, Debug, Default)]
pub(super) struct MskFields<'a> {
    partition_id: JsonText<'a>,
    offset: JsonText<'a>,
    arrival_time: JsonText<'a>,
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

    /// Returns the metadata for a transform.
    pub(super) fn metadata(&self, has_escapes: bool) -> MskMetadata {
        let text = |field: JsonText<'a>| field.text_with_hint(has_escapes).unwrap_or_default();
        let metadata = MskMetadata::new(text(self.partition_id), text(self.offset));
        match self.arrival_time.timestamp() {
            Some(time) => metadata.with_arrival_time(time),
            None => metadata,
        }
    }

    pub(super) fn read(&mut self, scanner: &mut JsonScanner<'a>) -> Result<(), JsonSyntaxError> {
        let mut fields = Fields::enter(scanner, &Self::NAMES)?;
        while let Some(field) = fields.next(scanner)? {
            let slot = match field {
                MskField::PartitionId => &mut self.partition_id,
                MskField::Offset => &mut self.offset,
                MskField::ArrivalTime => &mut self.arrival_time,
            };
            *slot = JsonText::read(scanner)?;
        }
        Ok(())
    }
}
