use std::collections::BTreeMap;

use firehose_core::IcebergRouting;

use super::{iceberg_answer::IcebergAnswer, iceberg_fields::IcebergFields, violation::Violation};
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
    /// The fields of the routing, each of which may be missing.
    ///
    /// AWS documents the database and the table as required, so `iceberg_routing` has a violation
    /// if one of them is missing. Firehose takes a missing field from elsewhere, if it can.
    pub iceberg: IcebergAnswer,
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
                iceberg: IcebergAnswer::Invalid,
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
        let fields = check_object(routing, OTF_METADATA)
            .and_then(|()| IcebergFields::read(routing, OTF_METADATA));
        let routing = match &fields {
            Ok(fields) => fields.routing(OTF_METADATA),
            Err(reason) => Err(reason.clone()),
        };
        Self {
            partition_keys: match check_object(keys, PARTITION_KEYS) {
                Ok(()) => read_partition_keys(keys, record_id),
                Err(reason) => Err(invalid(reason)),
            },
            iceberg_routing: routing.map_err(invalid),
            iceberg: match fields {
                Ok(fields) if fields.is_empty() => IcebergAnswer::Missing,
                Ok(fields) => IcebergAnswer::Fields(Box::new(fields)),
                Err(_) => IcebergAnswer::Invalid,
            },
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
