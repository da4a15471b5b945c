use std::{borrow::Cow, error::Error, fmt};

use json_scanner::LocatedSyntaxError;

use crate::{csv::error::InvalidCsvOption, jq::JqError};

/// An error for an item that an encoder cannot write. The message shows no data. It names the
/// option if the fault is in a filter or in the value of an option.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// The item is not valid JSON, or has more than 128 levels of arrays and objects.
    Json(LocatedSyntaxError),
    /// A filter failed.
    Filter {
        /// The option with the filter.
        option: String,
        /// The error of the filter.
        source: JqError,
    },
    /// The value of an option is not suitable.
    Value {
        /// The option.
        option: String,
        /// The rest of a sentence about the value, such as "is missing".
        problem: &'static str,
    },
    /// The item is not suitable. The text is the rest of a sentence about the item, such as "is not a
    /// JSON object".
    Item(&'static str),
}

impl EncodeError {
    pub(super) fn value(option: &str, problem: &'static str) -> Self {
        Self::Value { option: option.to_owned(), problem }
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(_) => f.write_str("the item is not valid JSON"),
            Self::Filter { option, .. } => f.write_str(option),
            Self::Value { option, problem } => write!(f, "{option}: the value {problem}"),
            Self::Item(problem) => write!(f, "the item {problem}"),
        }
    }
}

impl Error for EncodeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Json(error) => Some(error),
            Self::Filter { source, .. } => Some(source),
            Self::Value { .. } | Self::Item(_) => None,
        }
    }
}

/// An error for an invalid option of an encoder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidEncoder {
    message: Cow<'static, str>,
}

impl InvalidEncoder {
    pub(super) fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into() }
    }
}

impl fmt::Display for InvalidEncoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for InvalidEncoder {}

impl From<InvalidCsvOption> for InvalidEncoder {
    fn from(error: InvalidCsvOption) -> Self {
        Self::new(error.to_string())
    }
}
