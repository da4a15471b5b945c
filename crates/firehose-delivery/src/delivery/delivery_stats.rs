use std::collections::BTreeMap;

use crate::{destinations::PositionSet, objects::ObjectList, observer::InvocationStats};

/// The counts of a delivery stream: each received record is delivered, dropped, failed or not
/// delivered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeliveryStats {
    /// The records that the delivery stream received, and those that its record processors added.
    pub received: u64,
    /// The bytes of the data of the records that the delivery stream received.
    pub received_bytes: u64,
    /// Records in objects under the prefix.
    pub delivered: u64,
    /// Records that the function or a record processor dropped.
    pub dropped: u64,
    /// Records in objects under the error output prefix, by error code.
    pub failed: BTreeMap<&'static str, u64>,
    /// The positions of records without an object, after a failure of the store or an interruption.
    pub undelivered: PositionSet,
    /// The positions of records that are in an object, or that the function dropped.
    pub settled: PositionSet,
    /// The positions that several records share, such as the user records of an aggregate.
    pub shared: PositionSet,
    /// The objects in the store.
    pub objects: ObjectList,
    /// The invocations of the function.
    pub invocations: InvocationStats,
}

impl DeliveryStats {
    /// Returns the number of failed records, over all error codes.
    pub fn failed(&self) -> u64 {
        self.failed.values().sum()
    }

    /// Returns the number of received records that are neither delivered, dropped nor failed. After
    /// a run, `undelivered` counts the same records, unless the run was aborted.
    pub fn not_delivered(&self) -> u64 {
        self.received.saturating_sub(self.delivered + self.dropped + self.failed())
    }

    /// Returns `true` if records are missing in the counts, which is an error of the engine.
    pub fn is_unbalanced(&self) -> bool {
        self.not_delivered() != self.undelivered.records()
    }

    /// Sets `undelivered` after the run was dropped: to all positions up to `last_read`, except the
    /// settled positions. The set contains every lost record. It may also contain refused records,
    /// and delivered records that share a position or whose upload has just ended.
    pub(crate) fn abandon(&mut self, last_read: u64) {
        self.undelivered = PositionSet::rest(last_read, &self.settled, &self.shared);
    }

    /// Adds failed records by error code.
    pub(super) fn add_failed(&mut self, failed: BTreeMap<&'static str, u64>) {
        for (code, records) in failed {
            *self.failed.entry(code).or_default() += records;
        }
    }
}
