use firehose_runtime::{IcebergRouting, InvalidIcebergName};

use super::{buffering_hints::BufferingHints, s3_destination_config::S3DestinationConfig};

/// A destination of Apache Iceberg tables. The properties are those of
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_IcebergDestinationConfiguration.html>.
#[derive(Clone, Debug, PartialEq)]
pub struct IcebergConfig {
    /// The tables of the configuration. If there is exactly one table, a record that neither the
    /// function nor a query routes goes to this table.
    pub tables: Vec<IcebergTable>,
    /// The hints that decide when records are written.
    pub buffering: BufferingHints,
    /// The destination of failed records.
    pub backup: S3DestinationConfig,
}

impl IcebergConfig {
    /// The keys of the query of a MetadataExtraction processor that routes records: the database,
    /// the table and the operation. AWS does not document the names, which its console writes.
    pub(crate) const QUERY_KEYS: [&str; 3] =
        ["destinationDatabaseName", "destinationTableName", "operation"];
}

/// A table of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IcebergTable {
    /// The database.
    pub database: String,
    /// The table.
    pub table: String,
}

impl IcebergTable {
    /// Creates a table with these names.
    ///
    /// # Errors
    ///
    /// If Firehose rejects a name, or if a name consists of dots alone. The names become folders.
    pub fn new(
        database: impl Into<String>,
        table: impl Into<String>,
    ) -> Result<Self, InvalidIcebergName> {
        let (database, table) = (database.into(), table.into());
        IcebergRouting::new(&*database, &*table)?;
        Ok(Self { database, table })
    }
}
