use std::{error::Error, fmt};

/// An error for a record or a row that is not CSV. The message shows no data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CsvError {
    /// The row has more or fewer fields than the header.
    UnevenRow {
        /// The number of fields of the row, or `None` if it has more than `expected`.
        fields: Option<usize>,
        /// The number of fields of the header.
        expected: usize,
    },
    /// A quote has no end.
    OpenQuote,
    /// The row is not UTF-8.
    NotUtf8,
    /// Two columns of the header have the same name. The numbers of the columns, from 1.
    RepeatedName(usize, usize),
    /// The rows are longer as JSON than this number of bytes.
    TooLong(usize),
}

impl fmt::Display for CsvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnevenRow { fields: Some(fields), expected } => {
                write!(f, "the row has {fields} of {expected} fields")
            }
            Self::UnevenRow { fields: None, expected } => {
                write!(f, "the row has more than {expected} fields")
            }
            Self::OpenQuote => f.write_str("a quote of the row has no end"),
            Self::NotUtf8 => f.write_str("the row is not UTF-8"),
            Self::RepeatedName(first, second) => {
                write!(f, "the columns {first} and {second} of the header have the same name")
            }
            Self::TooLong(limit) => {
                write!(f, "the rows of the record take more than {limit} bytes as JSON")
            }
        }
    }
}

impl Error for CsvError {}

/// An error for an option that CSV cannot have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidCsvOption {
    /// The delimiter is not an ASCII character, or is a quote or a line break.
    Delimiter(char),
    /// There are no columns.
    NoColumns,
    /// Two columns have this name.
    RepeatedName(String),
}

impl fmt::Display for InvalidCsvOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delimiter(delimiter) => write!(
                f,
                "the delimiter {delimiter:?} must be one ASCII character other than a quote and a \
                 line break"
            ),
            Self::NoColumns => f.write_str("name at least one column"),
            Self::RepeatedName(name) => write!(f, "two columns have the name `{name}`"),
        }
    }
}

impl Error for InvalidCsvOption {}

/// Returns a delimiter as a byte, if CSV can have it.
pub(crate) fn delimiter_byte(delimiter: char) -> Result<u8, InvalidCsvOption> {
    match u8::try_from(delimiter) {
        Ok(byte) if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(byte),
        _ => Err(InvalidCsvOption::Delimiter(delimiter)),
    }
}
