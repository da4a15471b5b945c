//! The records of an event, as the engine takes them.

use std::borrow::Cow;

use bytes::Bytes;
use bytestring::ByteString;
use firehose_core::{KinesisMetadata, MskMetadata, Record, Source};

use crate::{
    Event, EventRecord, Failure, FailureKind, KinesisRecordMetadata, MalformedEvent,
    MskRecordMetadata, PayloadField, engine::Batch, failure::Cause,
};

/// The text of an event, from which records take their parts without copying them.
pub(crate) struct EventBytes(ByteString);

impl EventBytes {
    pub(crate) fn new(event: Bytes) -> Result<Self, MalformedEvent> {
        ByteString::try_from(event).map(Self).map_err(|error| MalformedEvent::not_utf8(&error))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn text(&self, part: Cow<'_, str>) -> ByteString {
        match part {
            Cow::Borrowed(part) => self.0.slice_ref(part),
            Cow::Owned(part) => part.into(),
        }
    }

    fn text_or_empty(&self, part: Option<Cow<'_, str>>) -> ByteString {
        part.map(|part| self.text(part)).unwrap_or_default()
    }

    fn kinesis(&self, metadata: KinesisRecordMetadata<'_>) -> KinesisMetadata {
        let mut kinesis = KinesisMetadata::new(
            self.text_or_empty(metadata.shard_id),
            self.text_or_empty(metadata.partition_key),
            self.text_or_empty(metadata.sequence_number),
        );
        if let Some(number) = metadata.subsequence_number {
            kinesis = kinesis.with_subsequence_number(number);
        }
        if let Some(time) = metadata.arrival_time {
            kinesis = kinesis.with_arrival_time(time);
        }
        kinesis
    }

    fn msk(&self, metadata: MskRecordMetadata<'_>) -> MskMetadata {
        let msk = MskMetadata::new(
            self.text_or_empty(metadata.partition_id),
            self.text_or_empty(metadata.offset),
        );
        match metadata.arrival_time {
            Some(time) => msk.with_arrival_time(time),
            None => msk,
        }
    }
}

/// An event, of which each record is decoded when it is its turn.
pub(crate) struct EventBatch<'a> {
    pub(crate) text: &'a EventBytes,
    pub(crate) event: &'a Event<'a>,
}

impl EventBatch<'_> {
    fn source(&self, record: &EventRecord<'_>) -> Source {
        if let Some(metadata) = record.kinesis_record_metadata() {
            Source::Kinesis(self.text.kinesis(metadata))
        } else if let Some(metadata) = record.msk_record_metadata() {
            Source::Msk(self.text.msk(metadata))
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
        let decoded =
            Record::new(self.text.text(record.record_id()), data).with_source(self.source(record));
        Ok(match record.arrival_time() {
            Some(time) => decoded.with_arrival_time(time),
            None => decoded,
        })
    }

    fn failure(&self, index: usize, cause: Cause) -> Failure {
        let record = &self.event.records[index];
        Failure {
            index,
            record_id: record.record_id().into_owned(),
            source: self.source(record),
            kind: cause.kind,
            cause: cause.text,
        }
    }
}
