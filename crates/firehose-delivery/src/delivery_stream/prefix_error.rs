use std::{error, fmt};

/// An error of evaluating a prefix for a record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrefixError {
    /// A partition key of the prefix is missing or empty.
    MissingPartitionKey {
        /// The name of the key.
        key: String,
    },
    /// The evaluated prefix has more than 512 characters.
    TooLong,
}

impl fmt::Display for PrefixError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingPartitionKey { key } => {
                write!(f, "the partition key `{key}` of the prefix is missing or empty")
            }
            Self::TooLong => f.write_str(
                "the evaluated prefix has more than 512 characters, the limit of Firehose",
            ),
        }
    }
}

impl error::Error for PrefixError {}
