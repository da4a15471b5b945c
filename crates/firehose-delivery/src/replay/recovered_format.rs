use jiff::tz::TimeZone;

use crate::delivery_stream::{Compression, Prefix};

/// The keys and the encoding of the objects with recovered records. The fields are like the
/// settings of a delivery stream.
#[derive(Debug)]
pub struct RecoveredFormat {
    /// The prefix of the keys.
    pub prefix: Prefix,
    /// The compression.
    pub compression: Compression,
    /// `true` if a newline separates the records of an object.
    pub append_delimiter: bool,
    /// The end of the keys, in place of the extension of the compression.
    pub file_extension: Option<String>,
    /// The time zone of the keys.
    pub time_zone: TimeZone,
}

impl RecoveredFormat {
    /// Returns a format with this prefix: uncompressed, without delimiters, in UTC.
    pub fn new(prefix: Prefix) -> Self {
        Self {
            prefix,
            compression: Compression::Uncompressed,
            append_delimiter: false,
            file_extension: None,
            time_zone: TimeZone::UTC,
        }
    }
}
