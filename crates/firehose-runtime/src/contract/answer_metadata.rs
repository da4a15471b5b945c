use std::collections::BTreeMap;

use firehose_core::{IcebergOperation, IcebergRouting};
use serde_json::{Map, Value};

use super::violation::Violation;
use crate::{cause::shortened, json::json_text::JsonText};

/// The `metadata` of an answer, read when it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct AnswerMetadata<'a> {
    metadata: JsonText<'a>,
    record_id: JsonText<'a>,
}

impl<'a> AnswerMetadata<'a> {
    pub(super) fn new(metadata: JsonText<'a>, record_id: JsonText<'a>) -> Self {
        Self { metadata, record_id }
    }

    /// Returns the partition keys, empty if the answer has none.
    ///
    /// A number or a boolean counts as its text: AWS's Go library has values of any type here
    /// ([source](https://github.com/aws/aws-lambda-go/blob/main/events/firehose.go)).
    ///
    /// # Errors
    ///
    /// [`Violation::InvalidPartitionKey`] for a value that is null, empty, an array or an object,
    /// and [`Violation::InvalidMetadata`] if the metadata cannot be read.
    pub fn partition_keys(&self) -> Result<BTreeMap<String, String>, Violation> {
        let Some(metadata) = self.read()? else { return Ok(BTreeMap::new()) };
        let keys = match metadata.get("partitionKeys") {
            None | Some(Value::Null) => return Ok(BTreeMap::new()),
            Some(Value::Object(keys)) => keys,
            Some(other) => {
                let kind = kind(other);
                return Err(self.invalid(format!("`partitionKeys` is {kind}, must be an object")));
            }
        };
        keys.iter().map(|(key, value)| Ok((key.clone(), self.key_text(key, value)?))).collect()
    }

    /// Returns the routing to an Iceberg table, `None` if the answer has none.
    ///
    /// Without routing, AWS's Go event types write all three fields as empty strings, which
    /// Firehose accepts.
    ///
    /// # Errors
    ///
    /// [`Violation::InvalidMetadata`] if Firehose cannot route the record by the metadata.
    pub fn iceberg_routing(&self) -> Result<Option<IcebergRouting>, Violation> {
        let Some(metadata) = self.read()? else { return Ok(None) };
        match metadata.get("otfMetadata") {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(routing)) => {
                read_iceberg_routing(routing).map_err(|reason| self.invalid(reason))
            }
            Some(other) => {
                let kind = kind(other);
                Err(self.invalid(format!("`otfMetadata` is {kind}, must be an object")))
            }
        }
    }

    /// Reads the object, `None` if there is none or it is empty.
    fn read(&self) -> Result<Option<Map<String, Value>>, Violation> {
        match self.metadata.kind() {
            "missing" | "null" => Ok(None),
            "an object" if self.metadata.json() == "{}" => Ok(None),
            "an object" => serde_json::from_str(self.metadata.json())
                .map(Some)
                .map_err(|error| self.invalid(format!("`metadata` cannot be read: {error}"))),
            kind => Err(self.invalid(format!("`metadata` is {kind}, must be an object"))),
        }
    }

    fn key_text(&self, key: &str, value: &Value) -> Result<String, Violation> {
        let problem = match value {
            Value::String(text) if !text.is_empty() => return Ok(text.clone()),
            Value::Bool(_) | Value::Number(_) => return Ok(value.to_string()),
            Value::String(_) => "an empty string",
            Value::Null | Value::Array(_) | Value::Object(_) => kind(value),
        };
        let key = shortened(key, 64);
        let reason =
            format!("partition key {key:?} is {problem}, must be a string with a character");
        Err(Violation::InvalidPartitionKey { record_id: self.record_id(), reason })
    }

    fn record_id(&self) -> String {
        self.record_id.string().unwrap_or_default().into_owned()
    }

    fn invalid(&self, reason: String) -> Violation {
        Violation::InvalidMetadata { record_id: self.record_id(), reason }
    }
}

fn read_iceberg_routing(routing: &Map<String, Value>) -> Result<Option<IcebergRouting>, String> {
    let text = |name: &str| match routing.get(name) {
        None | Some(Value::Null) => Ok(""),
        Some(Value::String(text)) => Ok(text.as_str()),
        Some(other) => Err(format!("`otfMetadata.{name}` is {}, must be a string", kind(other))),
    };
    let names = ["destinationDatabaseName", "destinationTableName"];
    let operation = match text("operation")? {
        "" => None,
        "insert" => Some(IcebergOperation::Insert),
        "update" => Some(IcebergOperation::Update),
        "delete" => Some(IcebergOperation::Delete),
        other => {
            let other = shortened(other, 64);
            return Err(format!(
                "`otfMetadata.operation` is {other:?}, must be \"insert\", \"update\" or \"delete\""
            ));
        }
    };
    let given = [text(names[0])?, text(names[1])?];
    for (name, value) in names.into_iter().zip(given) {
        if !value.is_empty() && IcebergRouting::new(value, value).is_err() {
            return Err(format!(
                "`otfMetadata.{name}` must be 1 to 255 ASCII letters, digits, dots or underscores"
            ));
        }
    }
    match given.map(|name| !name.is_empty()) {
        [true, true] => {
            let routing = IcebergRouting::new(given[0], given[1]).map_err(|it| it.to_string())?;
            Ok(Some(match operation {
                Some(operation) => routing.with_operation(operation),
                None => routing,
            }))
        }
        [false, false] if operation.is_none() => Ok(None),
        [database, _] => {
            let missing = names[usize::from(database)];
            Err(format!("`otfMetadata.{missing}` is missing or empty"))
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
