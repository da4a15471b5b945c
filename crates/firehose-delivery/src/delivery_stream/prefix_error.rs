use std::{error, fmt};

/// Why a prefix cannot be evaluated for a record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrefixError {
    /// The record has no such partition key, or an empty one.
    MissingPartitionKey {
        /// Which key.
        key: String,
    },
    /// The prefix is over 512 characters.
    TooLong,
}

impl fmt::Display for PrefixError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingPartitionKey { key } => {
                write!(f, "the partition key `{key}` of the prefix is missing or empty")
            }
            Self::TooLong => {
                f.write_str("the evaluated prefix has more than the 512 characters Firehose takes")
            }
        }
    }
}

impl error::Error for PrefixError {}
