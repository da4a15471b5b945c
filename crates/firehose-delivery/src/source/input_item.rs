use super::put_record::PutRecord;

/// The item at one position of the input. Positions are counted from 1 over all files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputItem {
    /// A record.
    Record(PutRecord),
    /// A record over the size limit of AWS, which the reader skips. The reader does not hold such
    /// a record in memory, unless the record comes in an event.
    TooLarge {
        /// The position.
        position: u64,
        /// The length of the record.
        bytes: u64,
        /// The limit, in bytes.
        limit: usize,
    },
    /// A record of an event whose payload cannot be decoded.
    Unreadable {
        /// The position.
        position: u64,
        /// The fault.
        reason: String,
    },
}

impl InputItem {
    /// Returns the position of the item.
    pub fn position(&self) -> u64 {
        match self {
            Self::Record(record) => record.position,
            Self::TooLarge { position, .. } | Self::Unreadable { position, .. } => *position,
        }
    }
}
