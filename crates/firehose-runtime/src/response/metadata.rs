use firehose_core::Output;
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{cause::Cause, failure::FailureKind};

/// Returns the `metadata` of an output as JSON, or `None` if the output has no partition keys and
/// no Iceberg routing.
///
/// # Errors
///
/// If a partition key is empty: Firehose does not deliver such a record, and reports
/// `DynamicPartitioning.MetadataExtractionFailed` without the reason.
pub(super) fn metadata_json(output: &Output) -> Result<Option<String>, Cause> {
    let keys = output.partition_keys();
    if keys.is_empty() && output.iceberg_routing().is_none() {
        return Ok(None);
    }
    if let Some((name, value)) =
        keys.iter().find(|(name, value)| name.is_empty() || value.is_empty())
    {
        let text = match value.as_str() {
            "" => format!("partition key `{name}` is empty; it must have a character"),
            _ => "the name of a partition key is empty; it must have a character".to_owned(),
        };
        return Err(Cause::new(FailureKind::Error, &text));
    }
    // The serialization of maps of text cannot fail.
    Ok(Some(serde_json::to_string(&ResponseMetadata(output)).unwrap_or_default()))
}

struct ResponseMetadata<'a>(&'a Output);

impl Serialize for ResponseMetadata<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut metadata = serializer.serialize_map(None)?;
        if !self.0.partition_keys().is_empty() {
            metadata.serialize_entry("partitionKeys", self.0.partition_keys())?;
        }
        if let Some(routing) = self.0.iceberg_routing() {
            metadata.serialize_entry(
                "otfMetadata",
                &OtfMetadata {
                    destination_database_name: routing.database(),
                    destination_table_name: routing.table(),
                    operation: routing.operation().map(|operation| operation.as_str()),
                },
            )?;
        }
        metadata.end()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OtfMetadata<'a> {
    destination_database_name: &'a str,
    destination_table_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<&'a str>,
}
