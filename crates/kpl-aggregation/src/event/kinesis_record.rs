use std::{borrow::Cow, fmt};

use base64::Engine;
use bytes::Bytes;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::{
    base64_engine::base64_engine,
    members::{Members, Payload},
    record_error::RecordError,
};

/// One Kinesis record of a Lambda event: its data decoded, all else as it is written.
///
/// `Debug` shows no payload.
#[derive(Clone)]
pub struct KinesisRecord<'a> {
    /// The whole record, for when it turns out to be plain.
    pub(super) whole: Cow<'a, RawValue>,
    pub(super) parts: Parts,
    pub(super) data: Bytes,
}

impl fmt::Debug for KinesisRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KinesisRecord")
            .field("sequence_number", &self.parts.sequence_number_text)
            .field("data", &format_args!("{} bytes", self.data.len()))
            .finish_non_exhaustive()
    }
}

/// What user records take over from the Kinesis record that they came in.
#[derive(Clone, Default)]
pub(super) struct Parts {
    pub(super) schema_version: Option<Box<RawValue>>,
    pub(super) sequence_number: Option<Box<RawValue>>,
    pub(super) arrival_timestamp: Option<Box<RawValue>>,
    pub(super) record_id: Option<Box<RawValue>>,
    /// Everything beside `kinesis`.
    pub(super) members: Vec<(String, Box<RawValue>)>,
    pub(super) partition_key: String,
    pub(super) sequence_number_text: Option<String>,
}

/// Reads a record of Lambda's Kinesis event. A record in the shape of Kinesis Analytics or
/// Firehose is converted, as the Python package does.
impl<'a> TryFrom<&'a RawValue> for KinesisRecord<'a> {
    type Error = RecordError;

    fn try_from(whole: &'a RawValue) -> Result<Self, RecordError> {
        // The parser's own error could quote a string that is where an object should be.
        let not_an_object =
            |_| RecordError::malformed(None, "it, or its field `kinesis`, is no JSON object");
        let members: Members<'_> = serde_json::from_str(whole.get()).map_err(not_an_object)?;
        match &members.kinesis {
            Some(kinesis) => Self::new(Cow::Borrowed(whole), &members, kinesis),
            None => match converted(&members)? {
                Some(converted) => Self::from_owned(converted),
                None => Err(RecordError::malformed(None, "it has no field `kinesis`")),
            },
        }
    }
}

impl KinesisRecord<'_> {
    /// A record of text that is not the event's own.
    pub(super) fn from_owned(whole: Box<RawValue>) -> Result<Self, RecordError> {
        let KinesisRecord { parts, data, .. } = KinesisRecord::try_from(&*whole)?;
        Ok(Self { whole: Cow::Owned(whole), parts, data })
    }

    fn new<'a>(
        whole: Cow<'a, RawValue>,
        members: &Members<'_>,
        kinesis: &Members<'_>,
    ) -> Result<KinesisRecord<'a>, RecordError> {
        let sequence_number = kinesis.text("sequenceNumber");
        let data = decode(&kinesis.data)
            .map_err(|what| RecordError::malformed(sequence_number.as_deref(), what))?;
        let owned = |name| kinesis.get(name).map(ToOwned::to_owned);
        let beside = members.others.iter();
        let parts = Parts {
            schema_version: owned("kinesisSchemaVersion"),
            sequence_number: owned("sequenceNumber"),
            arrival_timestamp: owned("approximateArrivalTimestamp"),
            record_id: owned("recordId"),
            members: beside.map(|(name, value)| (name.clone(), (*value).to_owned())).collect(),
            partition_key: kinesis.text("partitionKey").unwrap_or_default(),
            sequence_number_text: sequence_number,
        };
        Ok(KinesisRecord { whole, parts, data })
    }
}

fn decode(data: &Payload<'_>) -> Result<Bytes, &'static str> {
    let text = match data {
        Payload::Text(text) => text,
        Payload::NoText => return Err("its data is no string"),
        Payload::Missing => return Err("it has no data"),
    };
    let decoded = base64_engine().decode(text.as_bytes()).or_else(|error| {
        // Some tools break base64 into lines, which Python reads over.
        let one_line: String = text.split_ascii_whitespace().collect();
        if one_line.len() == text.len() { Err(error) } else { base64_engine().decode(one_line) }
    });
    decoded.map(Bytes::from).map_err(|_| "its data is not base64")
}

/// A record in the shape of Kinesis Analytics or Firehose, brought into that of Lambda.
fn converted(members: &Members<'_>) -> Result<Option<Box<RawValue>>, RecordError> {
    #[derive(Serialize)]
    struct Record<'a> {
        kinesis: Kinesis<'a>,
    }

    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Kinesis<'a> {
        /// Those shapes have none; there is no other.
        kinesis_schema_version: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        sequence_number: Option<&'a RawValue>,
        #[serde(skip_serializing_if = "Option::is_none")]
        partition_key: Option<&'a RawValue>,
        #[serde(skip_serializing_if = "Option::is_none")]
        approximate_arrival_timestamp: Option<&'a RawValue>,
        #[serde(skip_serializing_if = "Option::is_none")]
        shard_id: Option<&'a RawValue>,
        #[serde(skip_serializing_if = "Option::is_none")]
        data: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        record_id: Option<&'a RawValue>,
    }

    let names = ["kinesisStreamRecordMetadata", "kinesisRecordMetadata"];
    let Some(metadata) = names.into_iter().find_map(|name| members.get(name)) else {
        return Ok(None);
    };
    let no_object = |_| RecordError::malformed(None, "its metadata is no JSON object");
    let metadata: Members<'_> = serde_json::from_str(metadata.get()).map_err(no_object)?;
    let kinesis = Kinesis {
        kinesis_schema_version: "1.0",
        sequence_number: metadata.get("sequenceNumber"),
        partition_key: metadata.get("partitionKey"),
        approximate_arrival_timestamp: metadata.get("approximateArrivalTimestamp"),
        shard_id: metadata.get("shardId"),
        data: match &members.data {
            Payload::Text(text) => Some(text),
            Payload::Missing | Payload::NoText => None,
        },
        record_id: members.get("recordId"),
    };
    let converted = to_raw_value(&Record { kinesis });
    converted.map(Some).map_err(|error| RecordError::malformed(None, error))
}
