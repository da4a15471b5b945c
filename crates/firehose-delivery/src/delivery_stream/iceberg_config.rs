use super::{buffering_hints::BufferingHints, s3_destination_config::S3DestinationConfig};

/// A destination of Apache Iceberg tables. The properties are those of
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_IcebergDestinationConfiguration.html>.
#[derive(Clone, Debug, PartialEq)]
pub struct IcebergConfig {
    /// The tables of the configuration. If there is exactly one table, a record without a routing
    /// of its own goes to this table.
    pub tables: Vec<IcebergTable>,
    /// The hints that decide when records are written.
    pub buffering: BufferingHints,
    /// The destination of failed records.
    pub backup: S3DestinationConfig,
}

/// A table of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IcebergTable {
    /// The database.
    pub database: String,
    /// The table.
    pub table: String,
}
