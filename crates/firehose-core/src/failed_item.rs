use crate::error_chain::shortened;

/// An item of a record that failed while the record itself goes on.
///
/// See also [`ItemErrors`](crate::ItemErrors).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedItem {
    /// The id of the record.
    pub record_id: String,
    /// The number of the item within the record, from 1.
    pub number: u64,
    /// The error and its sources, joined by `: `, at most [`MAX_CAUSE_BYTES`](Self::MAX_CAUSE_BYTES)
    /// long.
    pub cause: String,
}

impl FailedItem {
    /// The longest cause, in bytes. A longer cause is cut.
    pub const MAX_CAUSE_BYTES: usize = 1024;

    pub(crate) fn new(record_id: &str, number: u64, cause: String) -> Self {
        Self {
            record_id: record_id.to_owned(),
            number,
            cause: shortened(cause, Self::MAX_CAUSE_BYTES),
        }
    }
}
