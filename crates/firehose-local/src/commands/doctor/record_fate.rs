use bytes::Bytes;
use firehose_runtime::contract::Violation;

/// The fate of a record by the answer of the function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RecordFate {
    /// The answer is `Ok`, with this output.
    Delivered(Bytes),
    /// The answer is `Dropped`.
    Dropped,
    /// The answer is `ProcessingFailed`.
    Failed,
    /// The answer breaks the contract, or is missing.
    Violated(Violation),
}

impl RecordFate {
    /// Returns `true` if both records are delivered, dropped or failed, or break the same rule.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Violated(one), Self::Violated(other)) => {
                std::mem::discriminant(one) == std::mem::discriminant(other)
            }
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}
