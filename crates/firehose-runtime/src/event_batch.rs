use firehose_core::{KinesisMetadata, MskMetadata, Record, Source, Timestamp};

use crate::{
    cause::Cause,
    engine::batch::Batch,
    event::{firehose_event::Event, payload::PayloadField, record::EventRecord},
    failure::{Failure, FailureKind},
};

/// The records of an event. Each record is decoded when the engine starts it.
pub(crate) struct EventBatch<'a>(pub(crate) &'a Event<'a>);

impl EventBatch<'_> {
    fn source(&self, record: &EventRecord<'_>, arrival_time: Option<Timestamp>) -> Source {
        if let Some(metadata) = record.kinesis_record_metadata_at(arrival_time) {
            Source::Kinesis(metadata)
        } else if let Some(metadata) = record.msk_record_metadata() {
            Source::Msk(metadata)
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
