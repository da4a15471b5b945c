use std::{error, fmt};

/// An error in a line that should hold a failed record. No message quotes the line, because the
/// line holds data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidErrorLine {
    /// The line is not a JSON object.
    Json {
        /// The column at which reading stopped, in bytes, counted from 1.
        column: usize,
    },
    /// A field has the wrong type.
    Field {
        /// The name of the field.
        name: &'static str,
    },
    /// `rawData` is missing.
    NoRawData,
    /// `rawData` is not base64.
    RawData,
}

impl fmt::Display for InvalidErrorLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { column } => {
                write!(f, "the line is not a JSON object; reading stopped at column {column}")
            }
            Self::Field { name } => write!(f, "`{name}` has the wrong type"),
            Self::NoRawData => f.write_str("`rawData`, which holds the record, is missing"),
            Self::RawData => f.write_str("`rawData` is not base64"),
        }
    }
}

impl error::Error for InvalidErrorLine {}
