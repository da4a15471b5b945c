use std::{error, fmt};

/// Why a line is no line of a failed record. None of it quotes the line, which holds data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidErrorLine {
    /// The line is no JSON object.
    Json {
        /// Up to where it could be read, in bytes, counted from 1.
        column: usize,
    },
    /// A field is neither what it has to be nor `null`.
    Field {
        /// Which field.
        name: &'static str,
    },
    /// There is no `rawData`.
    NoRawData,
    /// `rawData` is not base64.
    RawData,
}

impl fmt::Display for InvalidErrorLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { column } => {
                write!(f, "the line is no JSON object; it could be read up to column {column}")
            }
            Self::Field { name } => write!(f, "`{name}` is not of the type that it has to be"),
            Self::NoRawData => f.write_str("`rawData`, which holds the record, is missing"),
            Self::RawData => f.write_str("`rawData` is not base64"),
        }
    }
}

impl error::Error for InvalidErrorLine {}
