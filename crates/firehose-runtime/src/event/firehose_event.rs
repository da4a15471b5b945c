use std::borrow::Cow;

use super::{payload::PayloadField, record::EventRecord};

/// The event of one invocation: an envelope and its records, borrowed from the JSON text.
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
    /// `invocationId`. Firehose sends a new id with each attempt, even for the same records.
    pub invocation_id: Option<Cow<'a, str>>,
    /// `deliveryStreamArn`.
    pub delivery_stream_arn: Option<Cow<'a, str>>,
    /// `region`.
    pub region: Option<Cow<'a, str>>,
    /// `sourceKinesisStreamArn`, if the source is a Kinesis data stream.
    pub source_kinesis_stream_arn: Option<Cow<'a, str>>,
    /// `sourceMSKArn`, if the source is an MSK cluster.
    pub source_msk_arn: Option<Cow<'a, str>>,
    /// The entries of `records` that have a `recordId`, in the order of the event.
    pub records: Vec<EventRecord<'a>>,
    /// Number of entries of `records` without a `recordId`, which cannot be answered.
    pub records_without_id: usize,
}

impl Event<'_> {
    /// Returns the field that carries the payload of `record` in the response: `kafkaRecordValue`
    /// if the event names an MSK cluster or the record has its payload in this field, else `data`.
    pub fn payload_field(&self, record: &EventRecord<'_>) -> PayloadField {
        if self.source_msk_arn.is_some() { PayloadField::KafkaRecordValue } else { record.field }
    }
}
