use std::{fmt, sync::Arc};

use bytes::Bytes;
use firehose_core::{BoxError, Outcome, Record, Transform, async_trait};
use json_scanner::JsonScanner;
use jsonschema::{ReferencingError, ValidationError, Validator, error::ValidationErrorKind};
use serde_json::Value;

use crate::{
    filter::{filter_error::FilterError, on_reject::OnReject, schema_error::SchemaError},
    paths::item_error::ItemError,
};

/// A filter that keeps the items that a [JSON Schema](https://json-schema.org/) accepts.
///
/// The filter supports the drafts 4, 6, 7, 2019-09 and 2020-12. The default for a schema without
/// `$schema` is 2020-12. The schema cannot refer to files or web addresses. If an object repeats a key,
/// the filter checks only the last member.
///
/// ```
/// use firehose_transforms::filter::{JsonSchema, OnReject};
///
/// let schema = r#"{"required": ["id"], "properties": {"id": {"type": "integer"}}}"#;
/// let filter = JsonSchema::new(schema)?.with_on_reject(OnReject::Fail);
/// assert!(filter.check(&r#"{"id": 7}"#.into()).is_ok());
/// let error = filter.check(&r#"{"id": "s3cret"}"#.into()).unwrap_err();
/// assert_eq!(error.to_string(), "the item violates the JSON Schema at /properties/id/type");
/// # Ok::<_, firehose_core::BoxError>(())
/// ```
#[derive(Clone)]
pub struct JsonSchema {
    validator: Arc<Validator>,
    on_reject: OnReject,
}

impl JsonSchema {
    /// The maximum number of nested objects and arrays of an item.
    pub const MAX_LEVELS: usize = 127;

    /// Creates a filter from the JSON text of a schema.
    ///
    /// # Errors
    ///
    /// If the text is not a valid JSON Schema.
    pub fn new(schema: &str) -> Result<Self, SchemaError> {
        let schema: Value = serde_json::from_str(schema).map_err(SchemaError::new)?;
        // With other options than the default ones, the compiler generates the code for all
        // keywords a second time, which adds a megabyte to the binary. The default options fetch no
        // schemas, because this crate enables no feature of `jsonschema` that fetches schemas.
        let validator = Validator::new(&schema).map_err(|error| schema_error(&error))?;
        Ok(Self { validator: Arc::new(validator), on_reject: OnReject::default() })
    }

    /// Sets the treatment of a rejected item. Default: [`OnReject::Drop`].
    #[must_use]
    pub fn with_on_reject(mut self, on_reject: OnReject) -> Self {
        self.on_reject = on_reject;
        self
    }

    /// Checks one JSON text.
    ///
    /// # Errors
    ///
    /// - If the item is rejected or is not valid JSON.
    /// - If the item has more than 127 levels of nesting, a number that no 64-bit float can hold,
    ///   or half of a surrogate pair.
    /// - If a pattern of the schema needs too many steps for the item.
    pub fn check(&self, item: &Bytes) -> Result<(), FilterError> {
        let text = str::from_utf8(item).map_err(ItemError::from)?;
        let value = value_of(text)?;
        let violation = self.validator.validate(&value);
        violation.map_err(|error| {
            let pointer = error.schema_path().to_string();
            match error.kind() {
                ValidationErrorKind::BacktrackLimitExceeded { .. } => {
                    FilterError::Unfinished(pointer)
                }
                _ => FilterError::Schema(pointer),
            }
        })
    }
}

/// Converts an error of `jsonschema`. Replaces the message for a reference to another schema,
/// because that message names cargo features of `jsonschema`.
fn schema_error(error: &ValidationError<'_>) -> SchemaError {
    match error.kind() {
        ValidationErrorKind::Referencing(ReferencingError::Unretrievable { uri, .. }) => {
            SchemaError::new(format_args!(
                "it refers to {uri}, and schemas are not fetched; write that schema under $defs"
            ))
        }
        _ => SchemaError::new(error),
    }
}

/// Reads the item into a tree. The scanner checks the text first, because its errors have a position
/// and show no payload.
fn value_of(text: &str) -> Result<Value, ItemError> {
    let scanned = JsonScanner::new(text).only_value_within(JsonSchema::MAX_LEVELS);
    scanned.map_err(|error| ItemError::syntax(text, error))?;
    serde_json::from_str(text).map_err(|_| ItemError::NotRepresentable)
}

#[async_trait]
impl Transform for JsonSchema {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        let checked = self.check(record.data());
        self.on_reject.outcome(record.into_data(), checked)
    }
}

impl fmt::Debug for JsonSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonSchema").field("on_reject", &self.on_reject).finish_non_exhaustive()
    }
}
