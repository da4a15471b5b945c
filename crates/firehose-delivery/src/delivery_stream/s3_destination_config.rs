use jiff::tz::TimeZone;

use super::buffering_hints::BufferingHints;

/// An S3 destination: the destination of a delivery stream, or the backup of another destination.
#[derive(Clone, Debug, PartialEq)]
pub struct S3DestinationConfig {
    /// The bucket, by its name or by its logical id in the template.
    pub bucket: String,
    /// The prefix of the keys of objects, before its expressions are evaluated.
    pub prefix: String,
    /// The prefix of the keys of objects with failed records, before its expressions are
    /// evaluated.
    pub error_output_prefix: Option<String>,
    /// The hints that decide when an object is complete.
    pub buffering: BufferingHints,
    /// The compression of the objects.
    pub compression: Compression,
    /// The end of the keys of objects. If set, it replaces the extension of the compression.
    pub file_extension: Option<String>,
    /// The time zone of prefixes and object names.
    pub time_zone: TimeZone,
    /// `true` if records with different partition keys go into different objects.
    pub dynamic_partitioning: bool,
}

/// A simulated `CompressionFormat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// `UNCOMPRESSED`.
    Uncompressed,
    /// `GZIP`.
    Gzip,
}

impl Default for S3DestinationConfig {
    /// Returns the defaults of Firehose: 5 MB or 300 seconds, uncompressed, no prefix, UTC.
    fn default() -> Self {
        Self {
            bucket: String::new(),
            prefix: String::new(),
            error_output_prefix: None,
            buffering: BufferingHints::new(5, 300),
            compression: Compression::Uncompressed,
            file_extension: None,
            time_zone: TimeZone::UTC,
            dynamic_partitioning: false,
        }
    }
}
