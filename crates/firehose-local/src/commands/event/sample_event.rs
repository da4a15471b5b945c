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
    let records = payloads.iter().enumerate().map(|(index, data)| SampleRecord {
        record_id: format!("49572672223665514422805246926656954630972486059535892482{index:06}"),
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
    let translated = source.translate(serde_json::to_value(event)?);
    let event: SampleEvent = serde_json::from_value(translated)?;
    Ok(serde_json::to_string_pretty(&event)? + "\n")
}
