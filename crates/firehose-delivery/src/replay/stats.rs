use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::remaining::RemainingCounts;
use crate::{delivery::DeliveredObject, observer::BatchSummary};

/// What became of the lines of error objects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplayStats {
    /// The lines that were read.
    pub lines: u64,
    /// Of these, the ones that are no lines of failed records.
    pub unreadable: u64,
    /// Lines and objects, or ends of them, that could not even be read.
    pub gaps: u64,
    /// The last line that was read: its object, its number.
    pub last: Option<(Arc<str>, u64)>,
    /// Whether all there is was read.
    pub read_to_end: bool,
    /// What became of the records, by the error code that they had failed with.
    pub before: BTreeMap<Arc<str>, ReplayCounts>,
    /// Records that still fail, by the error code that they fail with now.
    pub failing: BTreeMap<&'static str, u64>,
    /// Objects with what was recovered; not more than so many.
    pub objects: Vec<DeliveredObject>,
    /// All objects.
    pub object_count: u64,
    /// Of all objects, as they are in the store.
    pub object_bytes: u64,
    /// What is in the file with the rest, once it is there.
    pub rest: Option<RemainingCounts>,
    /// The rest could not be written.
    pub rest_failed: bool,
    /// A store, to read from or to write to, failed.
    pub store_failed: bool,
    /// Tries of all batches.
    pub invocations: u64,
    /// Those that were function errors.
    pub function_errors: u64,
    /// From the sending of events to the responses, all invocations taken together.
    pub function_time: Duration,
    /// From the first line to the last object.
    pub elapsed: Duration,
    /// Answers to records that were not asked about.
    pub ignored_answers: u64,
    /// Records that failed, and answers that were ignored, since the function broke the contract.
    pub contract_violations: u64,
    /// Batches that failed, since all their invocations were function errors.
    pub lost_batches: u64,
}

/// What became of records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReplayCounts {
    /// The function answers `Ok`, and its output is in an object, if it is to be in one.
    pub recovered: u64,
    /// The function answers `Dropped`.
    pub dropped: u64,
    pub failing: u64,
}

impl ReplayStats {
    /// More objects than these are counted, and not named.
    const MAX_OBJECTS: usize = 1000;

    pub fn tally(&mut self, before: &Arc<str>) -> &mut ReplayCounts {
        self.before.entry(Arc::clone(before)).or_default()
    }

    /// What became of all records.
    pub fn total(&self) -> ReplayCounts {
        self.before.values().fold(ReplayCounts::default(), |sum, tally| ReplayCounts {
            recovered: sum.recovered + tally.recovered,
            dropped: sum.dropped + tally.dropped,
            failing: sum.failing + tally.failing,
        })
    }

    /// Lines of which there is no more to be said than that they were read: the store failed
    /// before their output was in it, or the work was broken off.
    pub fn not_replayed(&self) -> u64 {
        let ReplayCounts { recovered, dropped, failing } = self.total();
        self.lines.saturating_sub(recovered + dropped + failing + self.unreadable)
    }

    /// Adds the invocations of a batch.
    pub fn add_batch(&mut self, batch: &BatchSummary) {
        self.invocations += u64::from(batch.attempts);
        self.function_errors += u64::from(batch.function_errors);
        self.function_time += batch.function_time;
        self.ignored_answers += batch.ignored_answers;
        self.contract_violations += batch.contract_violations;
        self.lost_batches += u64::from(batch.is_lost());
    }

    pub fn add_object(&mut self, object: DeliveredObject) {
        self.object_count += 1;
        self.object_bytes += object.bytes;
        if self.objects.len() < Self::MAX_OBJECTS {
            self.objects.push(object);
        }
    }
}
