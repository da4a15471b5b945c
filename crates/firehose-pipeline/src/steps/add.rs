use firehose_core::BoxError;
use firehose_transforms::fields::{Add, Addition, RecordField};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{
    field_map::{FieldMap, path_or_name},
    json_step::json_step,
    step_options::StepOptions,
    time_choice::TimeChoice,
};
use crate::{
    file::short_or_long::{ShortForm, ShortOrLong},
    items::step::ItemStep,
};

/// The name or the path of each new field and its value, such as `arrived_at: arrival_time` and
/// `env: {value: prod}`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct AddOptions(FieldMap<ShortOrLong<AddedValue>>);

/// The value of a new field: a constant, or metadata of the record with the format of times.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddedValue {
    /// A constant: any value. YAML's dates are texts.
    value: Option<Value>,
    /// Metadata of the record.
    metadata: Option<MetadataName>,
    /// The format of a time. Default: `rfc3339`.
    format: Option<TimeChoice>,
}

/// Metadata of a record. A field whose metadata the record does not have is not added.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MetadataName {
    /// The time at which Firehose received the record.
    ArrivalTime,
    /// The time at which the Kinesis stream or the MSK cluster received the record.
    SourceArrivalTime,
    /// The time of the transformation.
    ProcessingTime,
    /// Firehose's id of the record.
    RecordId,
    /// The partition key of a Kinesis record.
    PartitionKey,
    /// The shard of a Kinesis record.
    ShardId,
    /// The sequence number of a Kinesis record, as a text.
    SequenceNumber,
    /// The position within a KPL aggregate.
    SubsequenceNumber,
    /// The partition of the topic of an MSK record.
    MskPartition,
    /// The offset of an MSK record within its partition.
    MskOffset,
    /// The name of the delivery stream.
    DeliveryStream,
    /// The ARN of the delivery stream.
    DeliveryStreamArn,
    /// The region of the delivery stream.
    Region,
    /// The id of the invocation of the function.
    InvocationId,
}

impl ShortForm for AddedValue {
    type Short = MetadataName;

    const SHORT: &'static str = "the name of metadata";

    fn from_short(name: MetadataName) -> Self {
        Self { value: None, metadata: Some(name), format: None }
    }
}

impl AddedValue {
    fn addition(self) -> Result<Addition, BoxError> {
        match (self.value, self.metadata, self.format) {
            (Some(value), None, None) => Ok(Addition::constant(&value)?),
            (None, Some(name), None) => Ok(Addition::record(name.into())),
            (None, Some(name), Some(format)) => Ok(Addition::time(name.into(), format.into())),
            (Some(_), None, Some(_)) => Err("`format` needs `metadata`".into()),
            (Some(_), Some(_), _) | (None, None, _) => {
                Err("a new field needs either `value` or `metadata`".into())
            }
        }
    }
}

impl From<MetadataName> for RecordField {
    fn from(name: MetadataName) -> Self {
        match name {
            MetadataName::ArrivalTime => Self::ArrivalTime,
            MetadataName::SourceArrivalTime => Self::SourceArrivalTime,
            MetadataName::ProcessingTime => Self::ProcessingTime,
            MetadataName::RecordId => Self::RecordId,
            MetadataName::PartitionKey => Self::PartitionKey,
            MetadataName::ShardId => Self::ShardId,
            MetadataName::SequenceNumber => Self::SequenceNumber,
            MetadataName::SubsequenceNumber => Self::SubsequenceNumber,
            MetadataName::MskPartition => Self::MskPartition,
            MetadataName::MskOffset => Self::MskOffset,
            MetadataName::DeliveryStream => Self::DeliveryStream,
            MetadataName::DeliveryStreamArn => Self::DeliveryStreamArn,
            MetadataName::Region => Self::Region,
            MetadataName::InvocationId => Self::InvocationId,
        }
    }
}

impl StepOptions for AddOptions {
    fn step(self) -> Result<Box<dyn ItemStep>, BoxError> {
        let options = self.0;
        let mut add = Add::new()
            .with_on_missing(options.on_missing.into())
            .with_on_conflict(options.on_conflict.into());
        for (name, value) in options.fields {
            let addition = value.0.addition().map_err(|error| format!("{name}: {error}"))?;
            add = add.with_field(&path_or_name(&name)?, addition)?;
        }
        Ok(json_step(move |item, record| add.apply(item, record)))
    }
}
