use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::{error::RecordError, members::Members};

/// One Kinesis record of a Lambda event: its data decoded, all else as it is written.
#[derive(Clone, Debug)]
pub struct KinesisRecord {
    /// The whole record, for when it turns out to be plain.
    pub(super) whole: Box<RawValue>,
    pub(super) parts: Parts,
    pub(super) data: Bytes,
}

/// What user records take over from the Kinesis record that they came in.
#[derive(Clone, Debug, Default)]
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
impl TryFrom<&RawValue> for KinesisRecord {
    type Error = RecordError;

    fn try_from(whole: &RawValue) -> Result<Self, RecordError> {
        let members = parse(whole, None)?;
        if members.get("kinesis").is_none()
            && let Some(converted) = converted(&members)?
        {
            return Self::try_from(&*converted);
        }
        let Some(kinesis) = members.get("kinesis") else {
            return Err(RecordError::malformed(None, "it has no field `kinesis`"));
        };
        let kinesis = parse(kinesis, None)?;
        let sequence_number = text(kinesis.get("sequenceNumber"));
        let data = data(&kinesis, sequence_number.as_deref())?;
        let owned = |name| kinesis.get(name).map(ToOwned::to_owned);
        let beside = members.0.into_iter().filter(|(name, _)| name != "kinesis" && name != "data");
        Ok(Self {
            whole: whole.to_owned(),
            parts: Parts {
                schema_version: owned("kinesisSchemaVersion"),
                sequence_number: owned("sequenceNumber"),
                arrival_timestamp: owned("approximateArrivalTimestamp"),
                record_id: owned("recordId"),
                members: beside.map(|(name, value)| (name, value.to_owned())).collect(),
                partition_key: text(kinesis.get("partitionKey")).unwrap_or_default(),
                sequence_number_text: sequence_number,
            },
            data,
        })
    }
}

fn parse<'a>(
    object: &'a RawValue,
    sequence_number: Option<&str>,
) -> Result<Members<'a>, RecordError> {
    serde_json::from_str(object.get())
        // The error could quote a string that is where an object should be.
        .map_err(|_| RecordError::malformed(sequence_number, "it is no JSON object"))
}

fn text(value: Option<&RawValue>) -> Option<String> {
    serde_json::from_str(value?.get()).ok()
}

fn data(kinesis: &Members<'_>, sequence_number: Option<&str>) -> Result<Bytes, RecordError> {
    let wrong = |what| RecordError::malformed(sequence_number, what);
    let text: String = match kinesis.get("data").map(|data| serde_json::from_str(data.get())) {
        Some(Ok(text)) => text,
        Some(Err(_)) => return Err(wrong("its data is no string")),
        None => return Err(wrong("it has no data")),
    };
    let decoded = STANDARD.decode(&text).or_else(|error| {
        // Some tools break base64 into lines, which Python reads over.
        let one_line: String = text.split_ascii_whitespace().collect();
        if one_line.len() == text.len() { Err(error) } else { STANDARD.decode(one_line) }
    });
    decoded.map(Bytes::from).map_err(|_| wrong("its data is not base64"))
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
        data: Option<&'a RawValue>,
        #[serde(skip_serializing_if = "Option::is_none")]
        record_id: Option<&'a RawValue>,
    }

    let metadata = ["kinesisStreamRecordMetadata", "kinesisRecordMetadata"];
    let Some(metadata) = metadata.into_iter().find_map(|name| members.get(name)) else {
        return Ok(None);
    };
    let metadata = parse(metadata, None)?;
    let kinesis = Kinesis {
        kinesis_schema_version: "1.0",
        sequence_number: metadata.get("sequenceNumber"),
        partition_key: metadata.get("partitionKey"),
        approximate_arrival_timestamp: metadata.get("approximateArrivalTimestamp"),
        shard_id: metadata.get("shardId"),
        data: members.get("data"),
        record_id: members.get("recordId"),
    };
    let converted = to_raw_value(&Record { kinesis });
    converted.map(Some).map_err(|error| RecordError::malformed(None, error))
}
