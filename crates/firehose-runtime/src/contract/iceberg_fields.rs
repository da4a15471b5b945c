use firehose_core::{IcebergOperation, IcebergRouting};

use crate::{cause::shortened, json::json_text::JsonText};

/// The fields of `otfMetadata` in an answer. A field that is missing, null or empty is `None`.
///
/// Firehose takes a missing field from the JQ expressions of the delivery stream, and then from its
/// only table
/// ([source](https://docs.aws.amazon.com/firehose/latest/dev/apache-iceberg-format-input-record-different.html)).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct IcebergFields {
    /// The database (`destinationDatabaseName`).
    pub database: Option<String>,
    /// The table (`destinationTableName`).
    pub table: Option<String>,
    /// The operation (`operation`).
    pub operation: Option<IcebergOperation>,
}

const DATABASE: &str = "destinationDatabaseName";
const TABLE: &str = "destinationTableName";
const OPERATION: &str = "operation";

impl IcebergFields {
    /// Reads the fields of an object, which has this name in messages.
    ///
    /// # Errors
    ///
    /// If a field has an invalid value. The text names the field.
    pub(super) fn read(object: JsonText<'_>, name: &str) -> Result<Self, String> {
        let text = |field: &str| {
            let value = object.member(field);
            match value.string_or_kind() {
                Ok(text) => Ok(Some(text).filter(|text| !text.is_empty())),
                Err("missing" | "null") => Ok(None),
                Err(kind) => Err(format!("`{name}.{field}` is {kind}; it must be a string")),
            }
        };
        let operation = match text(OPERATION)? {
            None => None,
            Some(found) => Some(IcebergOperation::from_name(&found).ok_or_else(|| {
                let found = shortened(&found, 64);
                format!(
                    "`{name}.{OPERATION}` is {found:?}; it must be \"insert\", \"update\" or \
                     \"delete\""
                )
            })?),
        };
        let (database, table) = (text(DATABASE)?, text(TABLE)?);
        for (field, value) in [(DATABASE, &database), (TABLE, &table)] {
            if let Some(value) = value
                && IcebergRouting::new(&**value, &**value).is_err()
            {
                return Err(format!(
                    "`{name}.{field}` must be 1 to 255 ASCII letters, digits, dots or \
                     underscores, and not only dots"
                ));
            }
        }
        let [database, table] = [database, table].map(|it| it.map(|text| text.into_owned()));
        Ok(Self { database, table, operation })
    }

    /// Returns `true` if no field has a value. AWS's Go event types write three empty strings.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the routing, or `None` without any field.
    ///
    /// # Errors
    ///
    /// If only some fields have a value, and the database or the table is not among them.
    pub(super) fn routing(&self, name: &str) -> Result<Option<IcebergRouting>, String> {
        if self.is_empty() {
            return Ok(None);
        }
        let missing = |field| format!("`{name}.{field}` is missing or empty");
        let database = self.database.as_deref().ok_or_else(|| missing(DATABASE))?;
        let table = self.table.as_deref().ok_or_else(|| missing(TABLE))?;
        let routing = IcebergRouting::new(database, table).map_err(|error| error.to_string())?;
        Ok(Some(match self.operation {
            Some(operation) => routing.with_operation(operation),
            None => routing,
        }))
    }
}
