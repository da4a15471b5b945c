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
    /// If a name is empty, is longer than [`MAX_NAME_BYTES`](Self::MAX_NAME_BYTES), or contains
    /// anything but ASCII letters, digits, dots and underscores.
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
        if (1..=IcebergRouting::MAX_NAME_BYTES).contains(&name.len()) && name.bytes().all(allowed) {
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
            "the Iceberg {} name ({} bytes) must be 1 to {} ASCII letters, digits, dots or underscores",
            self.field,
            self.length,
            IcebergRouting::MAX_NAME_BYTES
        )
    }
}

impl std::error::Error for InvalidIcebergName {}
