use std::collections::BTreeMap;

use bytes::Bytes;
use firehose_runtime::FailedItem;

/// A record before and after the pipeline.
#[derive(Debug)]
pub(super) struct TriedRecord {
    /// The position in the input, from 1.
    pub(super) position: u64,
    /// The number of a user record in its KPL aggregate, counted from 1. `None` for a record that is
    /// not aggregated, or is the only user record of its aggregate.
    pub(super) user_record: Option<u64>,
    /// The payload; empty for a record that was refused.
    pub(super) before: Bytes,
    pub(super) outcome: TriedOutcome,
    /// The number of items that failed although the record did not fail.
    pub(super) items_failed: u64,
    /// The first of these items.
    pub(super) first_failed_items: Vec<FailedItem>,
}

/// The outcome of a record.
#[derive(Debug)]
pub(super) enum TriedOutcome {
    Ok {
        after: Bytes,
        partition_keys: BTreeMap<String, String>,
    },
    Dropped,
    Failed {
        cause: String,
    },
    /// The function gave no answer, for example because of a timeout.
    FunctionFailed {
        cause: String,
    },
    Refused {
        reason: String,
    },
}

impl TriedRecord {
    /// Returns a record that the stream refused.
    pub(super) fn refused(position: u64, reason: String) -> Self {
        Self {
            position,
            user_record: None,
            before: Bytes::new(),
            outcome: TriedOutcome::Refused { reason },
            items_failed: 0,
            first_failed_items: Vec::new(),
        }
    }
}
