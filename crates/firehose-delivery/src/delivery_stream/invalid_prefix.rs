use std::{error, fmt};

use super::invalid_timestamp_format::InvalidTimestampFormat;

/// An error in the text of a prefix or an error output prefix: Firehose rejects the text, or a
/// timestamp pattern is not simulated.
///
/// Positions are in characters, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidPrefix {
    /// The text has more than 1,024 characters.
    TooLong {
        /// The number of characters.
        characters: usize,
    },
    /// A `!{` is not closed by `}`.
    Unclosed {
        /// The position of the `!{`.
        position: usize,
    },
    /// An expression is unknown.
    UnknownExpression {
        /// The position of the expression.
        position: usize,
        /// The text between `!{` and `}`.
        expression: String,
    },
    /// The pattern of a `timestamp` is invalid.
    Timestamp {
        /// The position of the expression.
        position: usize,
        /// The error of the pattern.
        error: InvalidTimestampFormat,
    },
    /// `!{firehose:error-output-type}` is in `Prefix`.
    ErrorOutputType {
        /// The position of the expression.
        position: usize,
    },
    /// A partition key is in `ErrorOutputPrefix`.
    PartitionKeyOfErrors {
        /// The position of the expression.
        position: usize,
        /// The name of the key.
        key: String,
    },
    /// `ErrorOutputPrefix` has expressions, but not `!{firehose:error-output-type}`.
    NoErrorOutputType,
    /// `Prefix` has expressions, but `ErrorOutputPrefix` is missing.
    NoErrorOutputPrefix,
}

impl fmt::Display for InvalidPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { characters } => {
                write!(f, "the prefix has {characters} characters; Firehose accepts at most 1024")
            }
            Self::Unclosed { position } => {
                write!(f, "the `!{{` at character {position} is not closed; add a `}}`")
            }
            Self::UnknownExpression { position, expression } => {
                write!(
                    f,
                    "the expression `!{{{expression}}}` at character {position} is unknown; use \
                     `timestamp:`, `firehose:`, `partitionKeyFromLambda:` or \
                     `partitionKeyFromQuery:`"
                )
            }
            Self::Timestamp { position, .. } => {
                write!(f, "the timestamp at character {position} has an invalid pattern")
            }
            Self::ErrorOutputType { position } => {
                write!(
                    f,
                    "`!{{firehose:error-output-type}}` at character {position} is allowed only in \
                     ErrorOutputPrefix"
                )
            }
            Self::PartitionKeyOfErrors { position, key } => {
                write!(
                    f,
                    "the partition key `{key}` at character {position} is not allowed in \
                     ErrorOutputPrefix"
                )
            }
            Self::NoErrorOutputType => f.write_str(
                "an ErrorOutputPrefix with expressions needs `!{firehose:error-output-type}`",
            ),
            Self::NoErrorOutputPrefix => {
                f.write_str("a Prefix with expressions needs an ErrorOutputPrefix")
            }
        }
    }
}

impl error::Error for InvalidPrefix {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Timestamp { error, .. } => Some(error),
            Self::TooLong { .. }
            | Self::Unclosed { .. }
            | Self::UnknownExpression { .. }
            | Self::ErrorOutputType { .. }
            | Self::PartitionKeyOfErrors { .. }
            | Self::NoErrorOutputType
            | Self::NoErrorOutputPrefix => None,
        }
    }
}
