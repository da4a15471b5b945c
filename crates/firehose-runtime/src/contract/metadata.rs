use firehose_core::IcebergRouting;
use serde_json::{Map, Value};

use super::json_kind::json_kind;
use crate::cause::shortened;

/// Checks the `metadata` of an answer, and returns the reason if Firehose cannot read it.
pub(super) fn check_metadata(metadata: Option<&Value>) -> Result<(), String> {
    let metadata = match metadata {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Object(metadata)) => metadata,
        Some(other) => {
            return Err(format!("`metadata` is {}, must be an object", json_kind(other)));
        }
    };
    match metadata.get("partitionKeys") {
        None | Some(Value::Null) => {}
        Some(Value::Object(keys)) => {
            if let Some((key, value)) = keys.iter().find(|(_, value)| !value.is_string()) {
                let (key, kind) = (shortened(key, 64), json_kind(value));
                return Err(format!("partition key {key:?} is {kind}, must be a string"));
            }
        }
        Some(other) => {
            return Err(format!("`partitionKeys` is {}, must be an object", json_kind(other)));
        }
    }
    match metadata.get("otfMetadata") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Object(routing)) => check_iceberg_routing(routing),
        Some(other) => Err(format!("`otfMetadata` is {}, must be an object", json_kind(other))),
    }
}

/// Checks Iceberg routing. Without routing, AWS's Go event types write all three fields as empty
/// strings, which Firehose accepts.
fn check_iceberg_routing(routing: &Map<String, Value>) -> Result<(), String> {
    let text = |name: &str| match routing.get(name) {
        None | Some(Value::Null) => Ok(""),
        Some(Value::String(text)) => Ok(text.as_str()),
        Some(other) => {
            Err(format!("`otfMetadata.{name}` is {}, must be a string", json_kind(other)))
        }
    };
    let names = ["destinationDatabaseName", "destinationTableName"];
    let operation = text("operation")?;
    if !matches!(operation, "" | "insert" | "update" | "delete") {
        let operation = shortened(operation, 64);
        return Err(format!(
            "`otfMetadata.operation` is {operation:?}, must be \"insert\", \"update\" or \"delete\""
        ));
    }
    let given = [text(names[0])?, text(names[1])?];
    for (name, value) in names.into_iter().zip(given) {
        if !value.is_empty() && IcebergRouting::new(value, value).is_err() {
            return Err(format!(
                "`otfMetadata.{name}` must be 1 to 255 letters, digits, dots or underscores"
            ));
        }
    }
    match given.map(|name| !name.is_empty()) {
        [true, true] => Ok(()),
        [false, false] if operation.is_empty() => Ok(()),
        [database, _] => {
            let missing = names[usize::from(database)];
            Err(format!("`otfMetadata.{missing}` is missing or empty"))
        }
    }
}
