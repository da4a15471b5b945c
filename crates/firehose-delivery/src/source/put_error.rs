use std::{error, fmt};

use kpl_aggregation::LostRecords;

/// A failure to put a record: the record, or a part of it, is not in the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PutError {
    /// The record is longer than the stream accepts.
    TooLarge {
        /// The position of the record in the input.
        position: u64,
        /// The length of the record, with its partition key in a Kinesis stream.
        bytes: u64,
        /// The limit, in bytes.
        limit: usize,
    },
    /// A user record of an aggregate is damaged: its partition key or explicit hash key is not in the
    /// table of keys. This user record and all user records after it are lost. The user
    /// records before the first lost user record are in the stream.
    LostUserRecords {
        /// The position of the aggregate in the input.
        position: u64,
        /// The lost user records and the reason.
        lost: LostRecords,
    },
    /// An aggregate has no user records.
    EmptyAggregate {
        /// The position of the aggregate in the input.
        position: u64,
    },
}

impl fmt::Display for PutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { position, bytes, limit } => write!(
                f,
                "record {position} of the input is refused: its {bytes} bytes exceed the limit of \
                 {limit} bytes"
            ),
            Self::LostUserRecords { position, lost } => {
                write!(f, "record {position} of the input is a damaged aggregate: {lost}")
            }
            Self::EmptyAggregate { position } => {
                write!(f, "record {position} of the input is an aggregate without user records")
            }
        }
    }
}

impl error::Error for PutError {}
