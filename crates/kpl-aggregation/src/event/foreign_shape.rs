//! Records in the shape of Kinesis Analytics or Firehose.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::event::{
    members::{Members, Payload},
    record_error::RecordError,
};

#[derive(Serialize)]
struct ConvertedRecord<'a> {
    kinesis: ConvertedKinesis<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ConvertedKinesis<'a> {
    /// Always 1.0, the only version. The other shapes have no version.
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

/// Converts a record in the shape of Kinesis Analytics or Firehose into the shape of Lambda.
///
/// Returns `None` for a record of another shape.
pub(super) fn converted(members: &Members<'_>) -> Result<Option<Box<RawValue>>, RecordError> {
    let names = ["kinesisStreamRecordMetadata", "kinesisRecordMetadata"];
    let Some(metadata) = names.into_iter().find_map(|name| members.get(name)) else {
        return Ok(None);
    };
    let not_an_object = |_| RecordError::malformed(None, "its metadata is not a JSON object");
    let metadata: Members<'_> = serde_json::from_str(metadata.get()).map_err(not_an_object)?;
    let kinesis = ConvertedKinesis {
        kinesis_schema_version: "1.0",
        sequence_number: metadata.get("sequenceNumber"),
        partition_key: metadata.get("partitionKey"),
        approximate_arrival_timestamp: metadata.get("approximateArrivalTimestamp"),
        shard_id: metadata.get("shardId"),
        data: match &members.data {
            Payload::Text(text) => Some(text),
            Payload::Missing | Payload::NotText => None,
        },
        record_id: members.get("recordId"),
    };
    let converted = to_raw_value(&ConvertedRecord { kinesis });
    converted.map(Some).map_err(|error| RecordError::malformed(None, error))
}
