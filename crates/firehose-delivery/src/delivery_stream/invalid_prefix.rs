use std::{error, fmt};

use super::invalid_timestamp_format::InvalidTimestampFormat;

/// Why a prefix or an error output prefix is none that Firehose takes, or none that is simulated.
///
/// Positions are in characters, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidPrefix {
    /// The text is over 1,024 characters.
    TooLong {
        /// How many it has.
        characters: usize,
    },
    /// There is no `}` after a `!{`.
    Unclosed {
        /// Where the `!{` is.
        position: usize,
    },
    /// There is no such expression.
    UnknownExpression {
        /// Where it begins.
        position: usize,
        /// What is between `!{` and `}`.
        expression: String,
    },
    /// The pattern of a `timestamp` is invalid.
    Timestamp {
        /// Where the expression begins.
        position: usize,
        /// Why.
        error: InvalidTimestampFormat,
    },
    /// A partition key is to be found by a query, which is not simulated.
    QueryKey {
        /// Where the expression begins.
        position: usize,
        /// Which key.
        key: String,
    },
    /// `!{firehose:error-output-type}` is in `Prefix`.
    ErrorOutputType {
        /// Where it begins.
        position: usize,
    },
    /// A partition key is in `ErrorOutputPrefix`.
    PartitionKeyOfErrors {
        /// Where the expression begins.
        position: usize,
        /// Which key.
        key: String,
    },
    /// `ErrorOutputPrefix` has expressions, but not `!{firehose:error-output-type}`.
    NoErrorOutputType,
    /// `Prefix` has expressions, and there is no `ErrorOutputPrefix`.
    NoErrorOutputPrefix,
}

impl fmt::Display for InvalidPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { characters } => {
                write!(f, "the prefix has {characters} characters; Firehose takes up to 1024")
            }
            Self::Unclosed { position } => {
                write!(f, "the `!{{` at character {position} is not closed with `}}`")
            }
            Self::UnknownExpression { position, expression } => {
                write!(
                    f,
                    "there is no expression `!{{{expression}}}`, as at character {position}; there \
                     are `timestamp:`, `firehose:` and `partitionKeyFromLambda:`"
                )
            }
            Self::Timestamp { position, .. } => {
                write!(f, "the timestamp at character {position} is no pattern of times")
            }
            Self::QueryKey { position, key } => {
                write!(
                    f,
                    "the partition key `{key}` at character {position} comes from a query, which \
                     is not simulated; use `partitionKeyFromLambda`"
                )
            }
            Self::ErrorOutputType { position } => {
                write!(
                    f,
                    "`!{{firehose:error-output-type}}`, as at character {position}, is only for \
                     ErrorOutputPrefix"
                )
            }
            Self::PartitionKeyOfErrors { position, key } => {
                write!(
                    f,
                    "the partition key `{key}` at character {position} cannot be used in \
                     ErrorOutputPrefix"
                )
            }
            Self::NoErrorOutputType => f.write_str(
                "with expressions in it ErrorOutputPrefix needs `!{firehose:error-output-type}`",
            ),
            Self::NoErrorOutputPrefix => f.write_str(
                "there has to be an ErrorOutputPrefix, since there are expressions in Prefix",
            ),
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
            | Self::QueryKey { .. }
            | Self::ErrorOutputType { .. }
            | Self::PartitionKeyOfErrors { .. }
            | Self::NoErrorOutputType
            | Self::NoErrorOutputPrefix => None,
        }
    }
}
