use aws_lambda_events::{
    encodings::Base64Data,
    event::kinesis::{KinesisEncryptionType, KinesisEventRecord},
};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::event::{kinesis_record::KinesisRecord, record_error::RecordError};

/// Converts a typed record back into JSON. Fields that the type does not have are lost.
impl TryFrom<KinesisEventRecord> for KinesisRecord<'_> {
    type Error = RecordError;

    fn try_from(record: KinesisEventRecord) -> Result<Self, RecordError> {
        let sequence_number = record.kinesis.sequence_number.clone();
        let malformed = |error| RecordError::malformed(Some(&sequence_number), error);
        let arrival = record.kinesis.approximate_arrival_timestamp.timestamp_millis();
        let wire = WireRecord {
            kinesis: WireKinesis {
                kinesis_schema_version: record.kinesis.kinesis_schema_version,
                partition_key: record.kinesis.partition_key,
                sequence_number: sequence_number.clone(),
                data: record.kinesis.data,
                approximate_arrival_timestamp: seconds(arrival).map_err(malformed)?,
                encryption_type: Some(record.kinesis.encryption_type)
                    .filter(|it| *it != KinesisEncryptionType::None),
            },
            event_source: record.event_source,
            event_version: record.event_version,
            event_id: record.event_id,
            event_name: record.event_name,
            invoke_identity_arn: record.invoke_identity_arn,
            aws_region: record.aws_region,
            event_source_arn: record.event_source_arn,
        };
        Self::from_owned(to_raw_value(&wire).map_err(malformed)?)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireRecord {
    kinesis: WireKinesis,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_version: Option<String>,
    #[serde(rename = "eventID", skip_serializing_if = "Option::is_none")]
    event_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invoke_identity_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aws_region: Option<String>,
    #[serde(rename = "eventSourceARN", skip_serializing_if = "Option::is_none")]
    event_source_arn: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WireKinesis {
    #[serde(skip_serializing_if = "Option::is_none")]
    kinesis_schema_version: Option<String>,
    partition_key: String,
    sequence_number: String,
    data: Base64Data,
    approximate_arrival_timestamp: Box<RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encryption_type: Option<KinesisEncryptionType>,
}

/// Returns epoch seconds with a fraction, as Lambda writes them.
fn seconds(milliseconds: i64) -> serde_json::Result<Box<RawValue>> {
    let seconds = milliseconds.div_euclid(1000);
    let text = format!("{seconds}.{:03}", milliseconds.rem_euclid(1000));
    RawValue::from_string(text.trim_end_matches('0').trim_end_matches('.').to_owned())
}
