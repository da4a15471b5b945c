//! The records of an event, as the engine takes them.

use firehose_core::{KinesisMetadata, MskMetadata, Record, Source, Timestamp};

use crate::{
    Event, EventRecord, Failure, FailureKind, KinesisRecordMetadata, MskRecordMetadata,
    PayloadField, engine::Batch, failure::Cause,
};

fn kinesis(metadata: KinesisRecordMetadata<'_>) -> KinesisMetadata {
    let mut kinesis = KinesisMetadata::new(
        metadata.shard_id.unwrap_or_default(),
        metadata.partition_key.unwrap_or_default(),
        metadata.sequence_number.unwrap_or_default(),
    );
    if let Some(number) = metadata.subsequence_number {
        kinesis = kinesis.with_subsequence_number(number);
    }
    if let Some(time) = metadata.arrival_time {
        kinesis = kinesis.with_arrival_time(time);
    }
    kinesis
}

fn msk(metadata: MskRecordMetadata<'_>) -> MskMetadata {
    let msk = MskMetadata::new(
        metadata.partition_id.unwrap_or_default(),
        metadata.offset.unwrap_or_default(),
    );
    match metadata.arrival_time {
        Some(time) => msk.with_arrival_time(time),
        None => msk,
    }
}

/// An event, of which each record is decoded when it is its turn.
pub(crate) struct EventBatch<'a>(pub(crate) &'a Event<'a>);

impl EventBatch<'_> {
    fn source(&self, record: &EventRecord<'_>, arrival_time: Option<Timestamp>) -> Source {
        if let Some(metadata) = record.kinesis_record_metadata_at(arrival_time) {
            Source::Kinesis(kinesis(metadata))
        } else if let Some(metadata) = record.msk_record_metadata() {
            Source::Msk(msk(metadata))
        } else if self.0.source_kinesis_stream_arn.is_some() {
            Source::Kinesis(KinesisMetadata::default())
        } else if self.0.payload_field(record) == PayloadField::KafkaRecordValue {
            Source::Msk(MskMetadata::default())
        } else {
            Source::DirectPut
        }
    }
}

impl Batch for EventBatch<'_> {
    fn len(&self) -> usize {
        self.0.records.len()
    }

    fn payload_bytes(&self, index: usize) -> usize {
        self.0.records[index].encoded_bytes()
    }

    fn record(&self, index: usize) -> Result<Record, Cause> {
        let record = &self.0.records[index];
        let data = record
            .payload()
            .map_err(|error| Cause::new(FailureKind::BadPayload, &error.to_string()))?;
        let arrival_time = record.arrival_time();
        let source = self.source(record, arrival_time);
        let decoded = Record::new(record.record_id(), data).with_source(source);
        Ok(match arrival_time {
            Some(time) => decoded.with_arrival_time(time),
            None => decoded,
        })
    }

    fn failure(&self, index: usize, cause: Cause) -> Failure {
        let record = &self.0.records[index];
        Failure {
            index,
            record_id: record.record_id().into_owned(),
            source: self.source(record, record.arrival_time()),
            kind: cause.kind,
            cause: cause.text,
        }
    }
}
