use std::{collections::BTreeMap, time::Duration};

use crate::{destinations::PositionRanges, observer::BatchSummary};

/// What became of the records of a delivery stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// The records that the delivery stream got.
    pub received: u64,
    /// Of their data.
    pub received_bytes: u64,
    /// In objects under the prefix.
    pub delivered: u64,
    /// Left out by the function.
    pub dropped: u64,
    /// In objects under the error output prefix, by error code.
    pub failed: BTreeMap<&'static str, u64>,
    /// In no object, since the store failed or the run was interrupted.
    pub undelivered: PositionRanges,
    /// The objects, in the order in which they were delivered; not more than so many.
    pub objects: Vec<DeliveredObject>,
    /// All objects.
    pub object_count: u64,
    /// Of all objects, as they are in the store.
    pub object_bytes: u64,
    /// Tries of all batches.
    pub invocations: u64,
    /// Those that were function errors.
    pub function_errors: u64,
    /// From the sending of events to the responses, all invocations taken together.
    pub function_time: Duration,
    /// Answers to records that were not asked about.
    pub ignored_answers: u64,
    /// Records that failed, and answers that were ignored, since the function broke the contract.
    pub contract_violations: u64,
    /// Batches that failed, since all their invocations were function errors.
    pub lost_batches: u64,
}

/// An object in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveredObject {
    pub key: String,
    pub records: u64,
    pub bytes: u64,
}

impl Account {
    /// More objects than these are counted, and not named.
    const MAX_OBJECTS: usize = 1000;

    /// Records that failed, of all codes.
    pub fn failed(&self) -> u64 {
        self.failed.values().sum()
    }

    /// Records of which there is no more to be said than that they came. After a run they are
    /// those in `undelivered`, unless it was broken off.
    pub fn not_delivered(&self) -> u64 {
        self.received.saturating_sub(self.delivered + self.dropped + self.failed())
    }

    /// Whether records are nowhere at all, which they never should be.
    pub fn is_unbalanced(&self) -> bool {
        self.not_delivered() != self.undelivered.records()
    }

    pub fn add_object(&mut self, object: DeliveredObject) {
        self.object_count += 1;
        self.object_bytes += object.bytes;
        if self.objects.len() < Self::MAX_OBJECTS {
            self.objects.push(object);
        }
    }

    /// Adds the invocations of a batch and the records that its function dropped.
    pub fn add_batch(&mut self, batch: &BatchSummary) {
        self.invocations += u64::from(batch.attempts);
        self.function_errors += u64::from(batch.function_errors);
        self.function_time += batch.function_time;
        self.ignored_answers += batch.ignored_answers;
        self.dropped += batch.dropped;
        self.contract_violations += batch.contract_violations;
        self.lost_batches += u64::from(batch.is_lost());
    }

    pub fn add_failed(&mut self, failed: BTreeMap<&'static str, u64>) {
        for (code, records) in failed {
            *self.failed.entry(code).or_default() += records;
        }
    }
}
