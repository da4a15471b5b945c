//! The event that Firehose invokes a function with, as it is on the wire.
//!
//! Lenient by design: real events and the samples of other tools carry ISO timestamps,
//! empty strings for numbers, misspelt and missing fields. What cannot be read in one
//! record costs that record; only an event without a `records` array is refused.

mod envelope;
mod fields;
mod malformed;
mod metadata;
mod payload;
mod record;
mod scalar;

use std::{borrow::Cow, str};

pub use malformed::MalformedEvent;
pub use metadata::{KinesisRecordMetadata, MskRecordMetadata};
pub(crate) use payload::not_base64;
pub use payload::{BadPayload, PayloadField};
pub use record::EventRecord;

/// One invocation event: an envelope and its records, borrowed from the JSON text.
///
/// ```
/// use firehose_runtime::Event;
///
/// let event = Event::parse(br#"{"invocationId": "i-1", "records": [
///     {"recordId": "r-1", "data": "aGVsbG8="},
///     {"recordId": "r-2", "data": "not base64"}
/// ]}"#)?;
/// assert_eq!(event.invocation_id.as_deref(), Some("i-1"));
/// assert_eq!(event.records[0].payload()?, "hello");
/// assert!(event.records[1].payload().is_err());
///
/// let error = Event::parse(br#"{"Records": []}"#).unwrap_err();
/// assert!(error.to_string().contains("`records`"));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Event<'a> {
    /// `invocationId`: new for every attempt, also of the same records.
    pub invocation_id: Option<Cow<'a, str>>,
    /// `deliveryStreamArn`.
    pub delivery_stream_arn: Option<Cow<'a, str>>,
    /// `region`.
    pub region: Option<Cow<'a, str>>,
    /// `sourceKinesisStreamArn`: there if the source is a Kinesis data stream.
    pub source_kinesis_stream_arn: Option<Cow<'a, str>>,
    /// `sourceMSKArn`: there if the source is an MSK cluster.
    pub source_msk_arn: Option<Cow<'a, str>>,
    /// `records`, in the order of the event: those that have a `recordId`.
    pub records: Vec<EventRecord<'a>>,
    /// How many entries of `records` have no `recordId`, and so cannot be answered.
    pub records_without_id: usize,
}

impl<'a> Event<'a> {
    /// Reads an event.
    ///
    /// # Errors
    ///
    /// If the text is no JSON, no object, or has no `records` array. Nothing that a single
    /// record contains is an error here.
    pub fn parse(json: &'a [u8]) -> Result<Self, MalformedEvent> {
        let text = str::from_utf8(json).map_err(|error| MalformedEvent::not_utf8(&error))?;
        envelope::parse(text)
    }

    /// Which field carries the payload of `record`, in the event and in the response:
    /// `kafkaRecordValue` if the source is an MSK cluster, else `data`.
    pub fn payload_field(&self, record: &EventRecord<'_>) -> PayloadField {
        if self.source_msk_arn.is_some() { PayloadField::KafkaRecordValue } else { record.field }
    }
}
