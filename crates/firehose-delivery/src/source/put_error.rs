use std::{error, fmt};

use kpl_aggregation::LostRecords;

/// Why a record, or a part of it, does not get into a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PutError {
    /// It is longer than AWS takes.
    TooLarge {
        /// Its position in the input.
        position: u64,
        /// How long it is, in a Kinesis stream with its partition key.
        bytes: u64,
        /// How long it may be.
        limit: usize,
    },
    /// An aggregate has user records that point outside its keys. Those before them did get
    /// into the stream.
    LostUserRecords {
        /// Its position in the input.
        position: u64,
        /// Which user records, and why.
        lost: LostRecords,
    },
    /// An aggregate has no user records.
    EmptyAggregate {
        /// Its position in the input.
        position: u64,
    },
}

impl fmt::Display for PutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { position, bytes, limit } => write!(
                f,
                "record {position} of the input has {bytes} bytes, and the stream takes at most \
                 {limit} bytes: not put"
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
