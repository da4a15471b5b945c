use firehose_core::Output;
use serde::{Serialize, Serializer, ser::SerializeMap};

/// Returns the `metadata` of an output as JSON, or `None` if the output has no partition keys and
/// no Iceberg routing.
pub(super) fn metadata_json(output: &Output) -> Option<String> {
    let is_routed = !output.partition_keys().is_empty() || output.iceberg_routing().is_some();
    // The serialization of maps of text cannot fail.
    is_routed.then(|| serde_json::to_string(&ResponseMetadata(output)).unwrap_or_default())
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
