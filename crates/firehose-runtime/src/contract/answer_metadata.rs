use std::collections::BTreeMap;

use firehose_core::{IcebergOperation, IcebergRouting};

use super::violation::Violation;
use crate::{cause::shortened, json::json_text::JsonText};

/// The `metadata` of an answer. Each method parses the part that it returns.
#[derive(Clone, Copy, Debug)]
pub struct AnswerMetadata<'a> {
    metadata: JsonText<'a>,
    record_id: JsonText<'a>,
}

impl<'a> AnswerMetadata<'a> {
    pub(super) fn new(metadata: JsonText<'a>, record_id: JsonText<'a>) -> Self {
        Self { metadata, record_id }
    }

    /// Returns the partition keys. The map is empty if the answer has none.
    ///
    /// A number or a boolean becomes its JSON text, because AWS's Go library allows values of any
    /// type ([source](https://github.com/aws/aws-lambda-go/blob/main/events/firehose.go)).
    ///
    /// # Errors
    ///
    /// - [`Violation::InvalidPartitionKey`] if a value is not a non-empty string, a number or a
    ///   boolean.
    /// - [`Violation::InvalidMetadata`] if `metadata` or `partitionKeys` is not an object.
    pub fn partition_keys(&self) -> Result<BTreeMap<String, String>, Violation> {
        let keys = self.object("partitionKeys")?;
        let texts = keys.members().map(|(key, value)| {
            let key = key
                .string()
                .ok_or_else(|| self.invalid("a partition key has an invalid escape".to_owned()))?;
            let text = self.partition_key_text(&key, value)?;
            Ok((key.into_owned(), text))
        });
        texts.collect()
    }

    /// Returns the routing to an Iceberg table, or `None` if the answer has none.
    ///
    /// Three empty strings also mean no routing: AWS's Go event types write them, and Firehose
    /// accepts them.
    ///
    /// # Errors
    ///
    /// [`Violation::InvalidMetadata`] if Firehose cannot route the record by the metadata.
    pub fn iceberg_routing(&self) -> Result<Option<IcebergRouting>, Violation> {
        let routing = self.object("otfMetadata")?;
        read_iceberg_routing(routing).map_err(|reason| self.invalid(reason))
    }

    /// Returns a member of the metadata. Returns an error if the member has a value that is neither
    /// an object nor null.
    fn object(&self, name: &str) -> Result<JsonText<'a>, Violation> {
        let is_object_or_absent = |value: JsonText<'a>, name| match value.kind() {
            "an object" | "null" | "missing" => Ok(value),
            kind => Err(self.invalid(format!("`{name}` is {kind}; it must be an object"))),
        };
        let metadata = is_object_or_absent(self.metadata, "metadata")?;
        is_object_or_absent(metadata.member(name), name)
    }

    fn partition_key_text(&self, key: &str, value: JsonText<'a>) -> Result<String, Violation> {
        let problem = match (value.string_or_kind(), value.kind()) {
            (Ok(text), _) if text.is_empty() => "an empty string",
            (Ok(text), _) => return Ok(text.into_owned()),
            (Err(_), "a boolean" | "a number") => return Ok(value.json().to_owned()),
            (Err(kind), _) => kind,
        };
        let key = shortened(key, 64);
        let reason = format!(
            "partition key {key:?} is {problem}; it must be a non-empty string, a number or a boolean"
        );
        Err(Violation::InvalidPartitionKey { record_id: self.record_id(), reason })
    }

    fn record_id(&self) -> String {
        self.record_id.string_with_halves().unwrap_or_default().into_owned()
    }

    fn invalid(&self, reason: String) -> Violation {
        Violation::InvalidMetadata { record_id: self.record_id(), reason }
    }
}

fn read_iceberg_routing(routing: JsonText<'_>) -> Result<Option<IcebergRouting>, String> {
    const DATABASE: &str = "destinationDatabaseName";
    const TABLE: &str = "destinationTableName";
    let text = |name: &str| {
        let value = routing.member(name);
        match value.string_or_kind() {
            Ok(text) => Ok(text),
            Err("missing" | "null") => Ok("".into()),
            Err(kind) => Err(format!("`otfMetadata.{name}` is {kind}; it must be a string")),
        }
    };
    let operation = match &*text("operation")? {
        "" => None,
        "insert" => Some(IcebergOperation::Insert),
        "update" => Some(IcebergOperation::Update),
        "delete" => Some(IcebergOperation::Delete),
        other => {
            let other = shortened(other, 64);
            return Err(format!(
                "`otfMetadata.operation` is {other:?}; it must be \"insert\", \"update\" or \"delete\""
            ));
        }
    };
    let (database, table) = (text(DATABASE)?, text(TABLE)?);
    for (name, value) in [(DATABASE, &database), (TABLE, &table)] {
        if !value.is_empty() && IcebergRouting::new(&**value, &**value).is_err() {
            return Err(format!(
                "`otfMetadata.{name}` must be 1 to 255 ASCII letters, digits, dots or underscores"
            ));
        }
    }
    match (database.is_empty(), table.is_empty()) {
        (true, true) if operation.is_none() => Ok(None),
        (true, _) => Err(format!("`otfMetadata.{DATABASE}` is missing or empty")),
        (false, true) => Err(format!("`otfMetadata.{TABLE}` is missing or empty")),
        (false, false) => {
            let routing =
                IcebergRouting::new(database, table).map_err(|error| error.to_string())?;
            Ok(Some(match operation {
                Some(operation) => routing.with_operation(operation),
                None => routing,
            }))
        }
    }
}
