use std::{error, fmt};

/// User records of one aggregate that could not be read, because one of them points outside
/// a table of keys: that one and all after it.
///
/// The peers lose them quietly. Here they are an item of the iterator, after those that
/// could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostRecords {
    pub(crate) first: u64,
    pub(crate) count: u64,
    /// The one that points outside.
    pub(crate) at: u64,
    pub(crate) reason: Reason,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    PartitionKeyIndex { index: u64, keys: usize },
    ExplicitHashKeyIndex { index: u64, keys: usize },
    ExplicitHashKeyText,
}

impl LostRecords {
    /// The sub-sequence number of the first that is lost.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// How many are lost.
    pub fn count(&self) -> u64 {
        self.count
    }
}

impl fmt::Display for LostRecords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, count, at, reason } = self;
        write!(f, "{count} user records are lost from number {first} on: in number {at}, ")?;
        match reason {
            Reason::PartitionKeyIndex { index, keys } => {
                write!(f, "the partition key has index {index} in a table of {keys}")
            }
            Reason::ExplicitHashKeyIndex { index, keys } => {
                write!(f, "the explicit hash key has index {index} in a table of {keys}")
            }
            Reason::ExplicitHashKeyText => {
                f.write_str("the explicit hash key is not a decimal number of 0 to 2^128 - 1")
            }
        }
    }
}

impl error::Error for LostRecords {}
