use crate::error_chain::shortened;

/// An item that failed without failing its record.
///
/// See also [`ItemErrors`](crate::ItemErrors).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedItem {
    /// The id of the record.
    pub record_id: String,
    /// The number of the item within the record, from 1.
    pub number: u64,
    /// The error and its sources, joined by `: ` and cut at
    /// [`MAX_CAUSE_BYTES`](Self::MAX_CAUSE_BYTES).
    pub cause: String,
}

impl FailedItem {
    /// The length in bytes at which a cause is cut. A cut cause ends with `…`.
    pub const MAX_CAUSE_BYTES: usize = 1024;

    pub(crate) fn new(record_id: &str, number: u64, cause: String) -> Self {
        Self {
            record_id: record_id.to_owned(),
            number,
            cause: shortened(cause, Self::MAX_CAUSE_BYTES),
        }
    }
}
