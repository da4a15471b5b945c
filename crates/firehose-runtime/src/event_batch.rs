use std::borrow::Cow;

use firehose_core::{Invocation, KinesisMetadata, MskMetadata, Record, Source, Timestamp};

use crate::{
    cause::Cause,
    engine::batch::Batch,
    event::{firehose_event::Event, payload::PayloadField, record::EventRecord},
    failure::{Failure, FailureKind},
};

/// The records of an event. Each record is decoded when the engine starts it.
pub(crate) struct EventBatch<'a> {
    event: &'a Event<'a>,
    invocation: Invocation,
}

impl<'a> EventBatch<'a> {
    pub(crate) fn new(event: &'a Event<'a>) -> Self {
        let text = |text: &'a Option<Cow<'a, str>>| text.as_deref().unwrap_or_default();
        let invocation = Invocation::new(text(&event.invocation_id))
            .with_delivery_stream_arn(text(&event.delivery_stream_arn))
            .with_region(text(&event.region));
        Self { event, invocation }
    }

    /// Returns the invocation, which counts the failed items of the records.
    pub(crate) fn invocation(&self) -> &Invocation {
        &self.invocation
    }

    fn source(&self, record: &EventRecord<'_>, arrival_time: Option<Timestamp>) -> Source {
        if let Some(metadata) = record.kinesis_record_metadata_at(arrival_time) {
            Source::Kinesis(metadata)
        } else if let Some(metadata) = record.msk_record_metadata() {
            Source::Msk(metadata)
        } else if self.event.source_kinesis_stream_arn.is_some() {
            Source::Kinesis(KinesisMetadata::default())
        } else if self.event.payload_field(record) == PayloadField::KafkaRecordValue {
            Source::Msk(MskMetadata::default())
        } else {
            Source::DirectPut
        }
    }
}

impl Batch for EventBatch<'_> {
    fn len(&self) -> usize {
        self.event.records.len()
    }

    fn payload_bytes(&self, index: usize) -> usize {
        self.event.records[index].encoded_bytes()
    }

    fn record(&self, index: usize) -> Result<Record, Cause> {
        let record = &self.event.records[index];
        let data = record
            .payload()
            .map_err(|error| Cause::new(FailureKind::BadPayload, &error.to_string()))?;
        let arrival_time = record.arrival_time();
        let source = self.source(record, arrival_time);
        let decoded = Record::new(record.record_id(), data)
            .with_source(source)
            .with_invocation(self.invocation.for_record(index));
        Ok(match arrival_time {
            Some(time) => decoded.with_arrival_time(time),
            None => decoded,
        })
    }

    fn failure(&self, index: usize, cause: Cause) -> Failure {
        let record = &self.event.records[index];
        Failure {
            index,
            record_id: record.record_id().into_owned(),
            source: self.source(record, record.arrival_time()),
            kind: cause.kind,
            cause: cause.text,
        }
    }
}
