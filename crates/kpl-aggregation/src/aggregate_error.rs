use std::{error, fmt};

use crate::{hash_key::HashKey, limits::LARGEST_KINESIS_RECORD_BYTES};

/// An error from adding a user record to an aggregate, or from the settings of an aggregator.
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
    /// No shard of a [`ShardAggregator`](crate::ShardAggregator) has the hash key of the user
    /// record. The aggregator is unchanged.
    NoShard {
        /// The explicit hash key of the user record, or the hash key of its partition key.
        hash_key: HashKey,
    },
    /// The ranges of two shards overlap.
    OverlappingShards,
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
            Self::NoShard { hash_key } => write!(
                f,
                "no shard has the hash key {hash_key} of the user record; list the open shards of \
                 the stream again"
            ),
            Self::OverlappingShards => f.write_str(
                "the hash-key ranges of two shards overlap; use only the open shards of one stream",
            ),
        }
    }
}

impl error::Error for AggregateError {}
