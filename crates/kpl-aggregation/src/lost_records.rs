use std::{error, fmt};

use crate::hash_key::InvalidHashKey;

/// User records of one aggregate that cannot be read.
///
/// One user record is damaged: it has an index outside the table of keys. If the de-aggregator has
/// a range of hash keys, a user record whose explicit hash key is not a number is damaged too. The
/// damaged record and all records after it are lost. In the strict mode, all records of the
/// aggregate are lost.
///
/// Other libraries lose these records without an error. This crate returns this error after the
/// records that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostRecords {
    pub(crate) first: u64,
    pub(crate) count: u64,
    /// The number of the damaged user record.
    pub(crate) at: u64,
    pub(crate) reason: LossReason,
}

/// The damage of a user record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LossReason {
    PartitionKeyIndex { index: u64, keys: usize },
    ExplicitHashKeyIndex { index: u64, keys: usize },
    ExplicitHashKeyText,
}

impl LostRecords {
    /// Returns the sub-sequence number of the first lost record.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// Returns the number of lost records.
    pub fn count(&self) -> u64 {
        self.count
    }
}

impl fmt::Display for LostRecords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, count, at, reason } = self;
        write!(f, "lost user records: {count}, starting with number {first}; ")?;
        write!(f, "user record number {at} has ")?;
        match reason {
            LossReason::PartitionKeyIndex { index, keys } => {
                write!(
                    f,
                    "partition key index {index}, but the table of partition keys has length {keys}"
                )
            }
            LossReason::ExplicitHashKeyIndex { index, keys } => {
                write!(
                    f,
                    "explicit hash key index {index}, but the table of explicit hash keys has length {keys}"
                )
            }
            LossReason::ExplicitHashKeyText => {
                write!(f, "an explicit hash key that is {InvalidHashKey}")
            }
        }
    }
}

impl error::Error for LostRecords {}
