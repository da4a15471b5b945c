use std::{error::Error, fmt};

/// An error for a record or a row that is not valid CSV. The message shows no data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CsvError {
    /// The row has more or fewer fields than there are columns.
    UnevenRow {
        /// The number of fields of the row, or `None` if it has more than `expected`.
        fields: Option<usize>,
        /// The number of columns.
        expected: usize,
    },
    /// A quoted field has no closing quote.
    OpenQuote,
    /// The row is not UTF-8.
    NotUtf8,
    /// Two columns of the header have the same name. The values are the numbers of the columns,
    /// from 1.
    RepeatedName(usize, usize),
    /// All rows of the record together take more than this number of bytes as JSON.
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
            Self::OpenQuote => f.write_str("a quoted field of the row has no closing quote"),
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

/// An error for an invalid option of a CSV reader or writer.
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

/// Returns a valid delimiter as a byte.
pub(crate) fn delimiter_byte(delimiter: char) -> Result<u8, InvalidCsvOption> {
    match u8::try_from(delimiter) {
        Ok(byte) if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(byte),
        _ => Err(InvalidCsvOption::Delimiter(delimiter)),
    }
}
