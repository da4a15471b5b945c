use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use firehose_fixtures::SourceShape;
use firehose_runtime::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An event whose fields have the same order as in captured events.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct SampleEvent {
    invocation_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_kinesis_stream_arn: Option<String>,
    #[serde(rename = "sourceMSKArn", skip_serializing_if = "Option::is_none")]
    source_msk_arn: Option<String>,
    delivery_stream_arn: String,
    region: String,
    records: Vec<SampleRecord>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct SampleRecord {
    record_id: String,
    approximate_arrival_timestamp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kafka_record_value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kinesis_record_metadata: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    msk_record_metadata: Option<Value>,
}

/// Returns the text of an event with these payloads, in the form of a source. Equal payloads give
/// equal texts.
pub(super) fn sample_event(
    payloads: &[Bytes],
    source: SourceShape,
    arrival: Timestamp,
) -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string_pretty(&event(0, payloads, source, arrival)?)? + "\n")
}

/// Returns the text of an event in one line. The ids of its records have numbers from `first` on, so
/// that the records of several events have different ids.
pub(in super::super) fn numbered_event(
    first: u64,
    payloads: &[Bytes],
    source: SourceShape,
    arrival: Timestamp,
) -> Result<String, serde_json::Error> {
    serde_json::to_string(&event(first, payloads, source, arrival)?)
}

/// Returns the id of the record with a number.
pub(in super::super) fn sample_record_id(number: u64) -> String {
    format!("{ID_START}{number:06}")
}

/// Returns the number of the record with an id, if [`sample_record_id`] made the id.
pub(in super::super) fn sample_record_number(id: &str) -> Option<u64> {
    id.strip_prefix(ID_START)?.parse().ok()
}

/// The text of all record ids before the number.
const ID_START: &str = "49572672223665514422805246926656954630972486059535892482";

fn event(
    first: u64,
    payloads: &[Bytes],
    source: SourceShape,
    arrival: Timestamp,
) -> Result<SampleEvent, serde_json::Error> {
    let records = (first..).zip(payloads).map(|(number, data)| SampleRecord {
        record_id: sample_record_id(number),
        approximate_arrival_timestamp: arrival.as_millisecond(),
        data: Some(STANDARD.encode(data)),
        kafka_record_value: None,
        kinesis_record_metadata: None,
        msk_record_metadata: None,
    });
    let event = SampleEvent {
        invocation_id: "4a3c9c1e-6d0f-4a3e-9f83-8a1c2b7d5e60".to_owned(),
        source_kinesis_stream_arn: None,
        source_msk_arn: None,
        delivery_stream_arn: "arn:aws:firehose:us-east-1:123456789012:deliverystream/fixtures"
            .to_owned(),
        region: "us-east-1".to_owned(),
        records: records.collect(),
    };
    match source {
        // The event has this form already. The translation of a large event takes long.
        SourceShape::DirectPut => Ok(event),
        SourceShape::Kinesis | SourceShape::Msk => {
            serde_json::from_value(source.translate(serde_json::to_value(event)?))
        }
    }
}
