use std::{collections::BTreeMap, time::Duration};

use super::delivered_object::DeliveredObject;
use crate::{destinations::PositionRanges, observer::BatchSummary};

/// The counts of a delivery stream: each received record is delivered, dropped, failed or not
/// delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    /// The positions of records in no object, because the store failed or the run was interrupted.
    pub undelivered: PositionRanges,
    /// The first objects, in the order in which they were delivered.
    pub objects: Vec<DeliveredObject>,
    /// The number of all objects.
    pub object_count: u64,
    /// The bytes of all objects in the store.
    pub object_bytes: u64,
    /// Invocations, including those that were repeated.
    pub invocations: u64,
    /// Invocations that ended in a function error.
    pub function_errors: u64,
    /// The time from sending each event to its response, over all invocations.
    pub function_time: Duration,
    /// Answers to records that the batch did not contain.
    pub ignored_answers: u64,
    /// Delivered records whose answers have invalid `metadata`.
    pub misrouted_answers: u64,
    /// Breaches of the contract: records that failed by a missing or invalid answer, ignored
    /// answers, and delivered records with invalid `metadata`.
    pub contract_violations: u64,
    /// Batches that failed because all their invocations were function errors.
    pub lost_batches: u64,
}

impl DeliveryStats {
    /// The number of objects in the list. Further objects are only counted.
    const MAX_OBJECTS: usize = 1000;

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

    /// Adds the invocations of a batch and the records that its function dropped.
    pub(super) fn add_batch(&mut self, batch: &BatchSummary) {
        self.invocations += u64::from(batch.attempts);
        self.function_errors += u64::from(batch.function_errors);
        self.function_time += batch.function_time;
        self.ignored_answers += batch.ignored_answers;
        self.misrouted_answers += batch.misrouted_answers;
        self.dropped += batch.dropped;
        self.contract_violations += batch.contract_violations;
        self.lost_batches += u64::from(batch.is_lost());
    }

    /// Adds an object, without its records.
    pub(super) fn add_object(&mut self, object: DeliveredObject) {
        self.object_count += 1;
        self.object_bytes += object.bytes;
        if self.objects.len() < Self::MAX_OBJECTS {
            self.objects.push(object);
        }
    }

    /// Adds failed records by error code.
    pub(super) fn add_failed(&mut self, failed: BTreeMap<&'static str, u64>) {
        for (code, records) in failed {
            *self.failed.entry(code).or_default() += records;
        }
    }
}
