use std::collections::BTreeMap;

use firehose_core::{IcebergOperation, IcebergRouting};

use super::violation::Violation;
use crate::{cause::shortened, json::json_text::JsonText};

/// The `metadata` of an answer. A part that violates the contract is an `Err` with the violation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnswerMetadata {
    /// The partition keys. The map is empty if the answer has none.
    ///
    /// A number or a boolean becomes its JSON text, because AWS's Go library allows values of any
    /// type ([source](https://github.com/aws/aws-lambda-go/blob/main/events/firehose.go)).
    ///
    /// The violation is [`Violation::InvalidPartitionKey`] if the value of a key is null, an empty
    /// string, an array, an object, or a string with an invalid escape. The violation is
    /// [`Violation::InvalidMetadata`] if the name of a key has an invalid escape, or if `metadata`
    /// or `partitionKeys` is not an object.
    pub partition_keys: Result<BTreeMap<String, String>, Violation>,
    /// The routing to an Iceberg table, or `None` if the answer has none.
    ///
    /// Three empty strings also mean no routing: AWS's Go event types write them, and Firehose
    /// accepts them. The violation of an invalid routing is [`Violation::InvalidMetadata`].
    pub iceberg_routing: Result<Option<IcebergRouting>, Violation>,
}

impl AnswerMetadata {
    /// Reads both parts in one pass.
    pub(super) fn read(metadata: JsonText<'_>, record_id: JsonText<'_>) -> Self {
        let invalid = |reason| Violation::InvalidMetadata { record_id: id(record_id), reason };
        if let Err(reason) = check_object(metadata, "metadata") {
            let violation = invalid(reason);
            return Self {
                partition_keys: Err(violation.clone()),
                iceberg_routing: Err(violation),
            };
        }
        let (mut keys, mut routing) = (JsonText::default(), JsonText::default());
        for (key, value) in metadata.members() {
            match key.string().as_deref() {
                Some(PARTITION_KEYS) => keys = value,
                Some(OTF_METADATA) => routing = value,
                _ => {}
            }
        }
        Self {
            partition_keys: match check_object(keys, PARTITION_KEYS) {
                Ok(()) => read_partition_keys(keys, record_id),
                Err(reason) => Err(invalid(reason)),
            },
            iceberg_routing: check_object(routing, OTF_METADATA)
                .and_then(|()| read_iceberg_routing(routing))
                .map_err(invalid),
        }
    }

    /// Returns the first violation.
    pub fn violation(&self) -> Option<&Violation> {
        self.partition_keys.as_ref().err().or(self.iceberg_routing.as_ref().err())
    }
}

const PARTITION_KEYS: &str = "partitionKeys";
const OTF_METADATA: &str = "otfMetadata";

/// Checks that a value is an object, null or missing.
fn check_object(value: JsonText<'_>, name: &str) -> Result<(), String> {
    match value.kind() {
        "an object" | "null" | "missing" => Ok(()),
        kind => Err(format!("`{name}` is {kind}; it must be an object")),
    }
}

fn read_partition_keys(
    keys: JsonText<'_>,
    record_id: JsonText<'_>,
) -> Result<BTreeMap<String, String>, Violation> {
    let texts = keys.members().map(|(key, value)| {
        let key = key.string().ok_or_else(|| Violation::InvalidMetadata {
            record_id: id(record_id),
            reason: "a partition key has an invalid escape".to_owned(),
        })?;
        let text = partition_key_text(&key, value).map_err(|reason| {
            Violation::InvalidPartitionKey { record_id: id(record_id), reason }
        })?;
        Ok((key.into_owned(), text))
    });
    texts.collect()
}

fn partition_key_text(key: &str, value: JsonText<'_>) -> Result<String, String> {
    let problem = match (value.string_or_kind(), value.kind()) {
        (Ok(text), _) if text.is_empty() => "an empty string",
        (Ok(text), _) => return Ok(text.into_owned()),
        (Err(_), "a boolean" | "a number") => return Ok(value.json().to_owned()),
        (Err(kind), _) => kind,
    };
    let key = shortened(key, 64);
    Err(format!(
        "partition key {key:?} is {problem}; it must be a non-empty string, a number or a boolean"
    ))
}

fn id(record_id: JsonText<'_>) -> String {
    record_id.string_with_halves().unwrap_or_default().into_owned()
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
