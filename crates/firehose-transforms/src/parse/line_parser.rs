use std::fmt;

use firehose_core::Timestamp;

use crate::parse::{object_writer::ObjectWriter, parse_error::ParseError, parsed::Parsed};

/// A parser of one format.
///
/// After an error, the content of `object` is unspecified.
pub(crate) trait LineParser: fmt::Debug + Send + Sync {
    /// Parses a line and writes its members. `received_at` is the arrival time of the record, for formats
    /// whose times have no year.
    fn parse(
        &self,
        line: &str,
        received_at: Option<Timestamp>,
        object: &mut ObjectWriter<'_>,
    ) -> Result<Parsed, ParseError>;
}
