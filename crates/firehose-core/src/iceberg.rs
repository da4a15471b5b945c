use std::fmt;

/// The Apache Iceberg table and operation of a record: `otfMetadata` in the response to Firehose.
///
/// This routing has priority over the JQ expressions of the delivery stream
/// ([source](https://docs.aws.amazon.com/firehose/latest/dev/apache-iceberg-format-input-record-different.html)).
///
/// ```
/// use firehose_core::{IcebergOperation, IcebergRouting, Output};
///
/// let routing = IcebergRouting::new("sales", "orders")?.with_operation(IcebergOperation::Update);
/// let output = Output::new("{}").with_iceberg_routing(routing);
/// assert_eq!(output.iceberg_routing().unwrap().table(), "orders");
///
/// let error = IcebergRouting::new("sales", "order lines").unwrap_err();
/// assert!(error.to_string().contains("table"));
/// # Ok::<_, firehose_core::InvalidIcebergName>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IcebergRouting {
    database: String,
    table: String,
    operation: Option<IcebergOperation>,
}

impl IcebergRouting {
    /// The maximum length of a database or table name in bytes
    /// ([source](https://docs.aws.amazon.com/firehose/latest/APIReference/API_DestinationTableConfiguration.html)).
    pub const MAX_NAME_BYTES: usize = 255;

    /// Creates a routing to `table` in `database`, with Firehose's default operation: insert.
    ///
    /// # Errors
    ///
    /// If a name is empty, is longer than [`MAX_NAME_BYTES`](Self::MAX_NAME_BYTES), contains
    /// anything but ASCII letters, digits, dots and underscores, or consists of dots alone.
    /// Firehose's API accepts dots alone, but no catalog can have such a table, and `.` and `..`
    /// name folders.
    pub fn new(
        database: impl Into<String>,
        table: impl Into<String>,
    ) -> Result<Self, InvalidIcebergName> {
        let (database, table) = (database.into(), table.into());
        InvalidIcebergName::check("database", &database)?;
        InvalidIcebergName::check("table", &table)?;
        Ok(Self { database, table, operation: None })
    }

    /// Sets the operation. Default: none, so that Firehose inserts the row.
    #[must_use]
    pub fn with_operation(mut self, operation: IcebergOperation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Returns the name of the database.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// Returns the name of the table.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// Returns the operation, if one is set.
    pub fn operation(&self) -> Option<IcebergOperation> {
        self.operation
    }
}

/// The change that Firehose makes to a row of an Iceberg table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IcebergOperation {
    /// Adds the row.
    Insert,
    /// Replaces the row with the same unique keys.
    Update,
    /// Deletes the row with the same unique keys.
    Delete,
}

impl IcebergOperation {
    /// Returns the operation with this name, such as `insert`.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Insert, Self::Update, Self::Delete].into_iter().find(|it| it.as_str() == name)
    }

    /// Returns Firehose's name of the operation: `insert`, `update` or `delete`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// An error for a database or table name that Firehose rejects. The message does not show the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidIcebergName {
    field: &'static str,
    length: usize,
}

impl InvalidIcebergName {
    fn check(field: &'static str, name: &str) -> Result<(), Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_';
        let has_length = (1..=IcebergRouting::MAX_NAME_BYTES).contains(&name.len());
        if has_length && name.bytes().all(allowed) && name.bytes().any(|byte| byte != b'.') {
            Ok(())
        } else {
            Err(Self { field, length: name.len() })
        }
    }
}

impl fmt::Display for InvalidIcebergName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the Iceberg {} name ({} bytes) must be 1 to {} ASCII letters, digits, dots or \
             underscores, and not only dots",
            self.field,
            self.length,
            IcebergRouting::MAX_NAME_BYTES
        )
    }
}

impl std::error::Error for InvalidIcebergName {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_dots_alone_is_rejected() {
        for name in [".", "..", "...", "", "a/b", "a-b", "\u{fc}"] {
            assert!(IcebergRouting::new(name, "t").is_err(), "{name}");
            assert!(IcebergRouting::new("d", name).is_err(), "{name}");
        }
        for name in ["a", "a.b", ".a", "_", "1"] {
            assert!(IcebergRouting::new(name, name).is_ok(), "{name}");
        }
    }

    #[test]
    fn an_operation_has_the_name_that_it_is_found_by() {
        for name in ["insert", "update", "delete"] {
            assert_eq!(IcebergOperation::from_name(name).map(IcebergOperation::as_str), Some(name));
        }
        assert_eq!(IcebergOperation::from_name("Insert"), None);
    }
}
