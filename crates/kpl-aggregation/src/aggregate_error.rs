use std::{error, fmt};

use crate::limits::LARGEST_KINESIS_RECORD_BYTES;

/// An error from adding a user record to an aggregate, or from setting a maximum size.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AggregateError {
    /// The user record does not fit into an aggregate of its own. The aggregator is unchanged.
    TooLarge {
        /// The size of an aggregate of this user record alone, in bytes.
        size: usize,
        /// The maximum size of an aggregate, in bytes.
        max_size: usize,
    },
    /// The explicit hash key is not a decimal number from 0 to 2^128 - 1 without leading zeros.
    InvalidExplicitHashKey,
    /// The maximum size is over
    /// [`Aggregator::LARGEST_MAX_SIZE`](crate::Aggregator::LARGEST_MAX_SIZE).
    InvalidMaxSize {
        /// The maximum size, in bytes.
        max_size: usize,
    },
}

impl fmt::Display for AggregateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { size, max_size } => write!(
                f,
                "the user record needs an aggregate of {size} bytes; the maximum is {max_size}"
            ),
            Self::InvalidExplicitHashKey => f.write_str(
                "the explicit hash key must be a decimal number from 0 to 2^128 - 1, without \
                 leading zeros",
            ),
            Self::InvalidMaxSize { max_size } => write!(
                f,
                "the maximum size of {max_size} bytes exceeds the largest Kinesis record: \
                 {LARGEST_KINESIS_RECORD_BYTES} bytes"
            ),
        }
    }
}

impl error::Error for AggregateError {}
