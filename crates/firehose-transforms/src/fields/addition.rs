use std::borrow::Cow;

use firehose_core::{JsonError, Record, Source};
use jiff::Timestamp;
use serde::Serialize;

use crate::{fields::time_format::TimeFormat, paths::json_string::json_string};

/// A value that [`Add`](crate::fields::Add) adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addition(AdditionSource);

#[derive(Clone, Debug, PartialEq, Eq)]
enum AdditionSource {
    Record(RecordField, TimeFormat),
    /// The value as JSON text.
    Constant(Box<str>),
}

/// A field of a record's metadata.
///
/// A field is missing if the source of the record does not provide it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "schema",
    derive(serde::Deserialize, schemars::JsonSchema),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum RecordField {
    /// The time at which Firehose received the record, to the millisecond.
    ArrivalTime,
    /// The time at which the Kinesis stream or the MSK cluster received the record.
    SourceArrivalTime,
    /// The time of the transformation, from the clock of the function.
    ProcessingTime,
    /// The id that Firehose gave the record.
    RecordId,
    /// The partition key of a Kinesis record.
    PartitionKey,
    /// The shard of a Kinesis record.
    ShardId,
    /// The sequence number of a Kinesis record: a string, because the number has more digits than most
    /// JSON readers keep.
    SequenceNumber,
    /// The position of the user record within its KPL aggregate: a number.
    SubsequenceNumber,
    /// The topic partition of an MSK record: a string.
    MskPartition,
    /// The offset of an MSK record within its partition: a string.
    MskOffset,
    /// The name of the delivery stream.
    DeliveryStream,
    /// The ARN of the delivery stream.
    DeliveryStreamArn,
    /// The region of the delivery stream.
    Region,
    /// The id of the Lambda invocation.
    InvocationId,
}

impl Addition {
    /// Adds a field of the record's metadata. Times are in [RFC 3339](TimeFormat::Rfc3339).
    pub fn record(field: RecordField) -> Self {
        Self::time(field, TimeFormat::Rfc3339)
    }

    /// Adds a time of the record's metadata in this format. The format has no effect on metadata that
    /// are not times.
    pub fn time(field: RecordField, format: TimeFormat) -> Self {
        Self(AdditionSource::Record(field, format))
    }

    /// Adds the same value to every item. `value` may be any Rust value that serializes to JSON.
    ///
    /// # Errors
    ///
    /// If JSON cannot represent the value.
    pub fn constant<T: Serialize + ?Sized>(value: &T) -> Result<Self, JsonError> {
        let output = firehose_core::Output::json(value)?;
        // JSON is UTF-8.
        let json = String::from_utf8_lossy(output.data()).into();
        Ok(Self(AdditionSource::Constant(json)))
    }

    /// Returns the value as JSON, or `None` if the record lacks the metadata.
    pub(super) fn json(&self, record: &Record) -> Option<Cow<'_, str>> {
        match &self.0 {
            AdditionSource::Record(field, format) => field.json(record, *format).map(Cow::Owned),
            AdditionSource::Constant(json) => Some(Cow::Borrowed(json)),
        }
    }
}

impl RecordField {
    /// Returns `true` if the metadata is a time, which a [`TimeFormat`] writes.
    pub fn is_time(self) -> bool {
        matches!(self, Self::ArrivalTime | Self::SourceArrivalTime | Self::ProcessingTime)
    }

    fn json(self, record: &Record, format: TimeFormat) -> Option<String> {
        let kinesis = match record.source() {
            Source::Kinesis(metadata) => Some(metadata),
            _ => None,
        };
        let msk = match record.source() {
            Source::Msk(metadata) => Some(metadata),
            _ => None,
        };
        let invocation = record.invocation();
        let text = match self {
            Self::ArrivalTime => {
                return record.arrival_time().map(|time| format.write(time.as_nanosecond()));
            }
            Self::SourceArrivalTime => {
                let time = kinesis.and_then(|it| it.arrival_time());
                let time = time.or_else(|| msk.and_then(|it| it.arrival_time()));
                return time.map(|time| format.write(time.as_nanosecond()));
            }
            Self::ProcessingTime => return Some(format.write(Timestamp::now().as_nanosecond())),
            Self::SubsequenceNumber => {
                return kinesis?.subsequence_number().map(|number| number.to_string());
            }
            Self::RecordId => Some(record.id()),
            Self::PartitionKey => kinesis.map(|it| it.partition_key()),
            Self::ShardId => kinesis.map(|it| it.shard_id()),
            Self::SequenceNumber => kinesis.map(|it| it.sequence_number()),
            Self::MskPartition => msk.map(|it| it.partition_id()),
            Self::MskOffset => msk.map(|it| it.offset()),
            Self::DeliveryStream => invocation.delivery_stream_name(),
            Self::DeliveryStreamArn => invocation.delivery_stream_arn(),
            Self::Region => invocation.region(),
            Self::InvocationId => invocation.id(),
        };
        // A field that is missing in the event is an empty string in the record.
        text.filter(|text| !text.is_empty()).map(json_string)
    }
}
