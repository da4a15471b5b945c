use super::{buffering_hints::BufferingHints, s3_destination_config::S3DestinationConfig};

/// A Snowflake destination. The properties are those of
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_SnowflakeDestinationConfiguration.html>.
#[derive(Clone, Debug, PartialEq)]
pub struct SnowflakeConfig {
    /// The database.
    pub database: String,
    /// The schema.
    pub schema: String,
    /// The table.
    pub table: String,
    /// The hints that decide when records are sent.
    pub buffering: BufferingHints,
    /// The destination of failed records.
    pub backup: S3DestinationConfig,
}
