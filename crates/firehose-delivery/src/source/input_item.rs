use super::put_record::PutRecord;

/// What the input has at one position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputItem {
    /// A record.
    Record(PutRecord),
    /// A record that AWS would not take. It was passed over, and was never in memory as a whole,
    /// unless it came in an event.
    TooLarge {
        /// Which record of the whole input it is, counted from 1.
        position: u64,
        /// How long it is.
        bytes: u64,
        /// How long it may be.
        limit: usize,
    },
    /// A record of an event without a payload that can be decoded: no producer could put it.
    Unreadable {
        /// Which record of the whole input it is, counted from 1.
        position: u64,
        /// What is wrong with it.
        reason: String,
    },
}
