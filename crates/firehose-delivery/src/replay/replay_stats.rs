use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::{remaining::RemainingCounts, replay_counts::ReplayCounts};
use crate::{delivery::DeliveredObject, observer::BatchSummary};

/// The counts of a replay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplayStats {
    /// The lines that were read.
    pub lines: u64,
    /// Lines that hold no failed record.
    pub unreadable: u64,
    /// Lines, objects and ends of objects that could not be read.
    pub gaps: u64,
    /// The object of the last line that was read, and the number of the line in it.
    pub last: Option<(Arc<str>, u64)>,
    /// `true` if the input was read to its end.
    pub read_to_end: bool,
    /// The records by the error code of their error line.
    pub before: BTreeMap<Arc<str>, ReplayCounts>,
    /// Records that still fail, by the error code of the failure in the replay.
    pub failing: BTreeMap<&'static str, u64>,
    /// The first objects with recovered records, at most 1,000.
    pub objects: Vec<DeliveredObject>,
    /// The number of all objects.
    pub object_count: u64,
    /// The bytes of all objects in the store.
    pub object_bytes: u64,
    /// The contents of the file of remaining records, once the file is complete.
    pub remaining: Option<RemainingCounts>,
    /// `true` if the file of remaining records could not be written.
    pub remaining_failed: bool,
    /// `true` if a store failed: the store that is read, or the store that is written.
    pub store_failed: bool,
    /// Invocations, including those that were repeated.
    pub invocations: u64,
    /// Invocations that ended in a function error.
    pub function_errors: u64,
    /// The time from sending each event to its response, over all invocations.
    pub function_time: Duration,
    /// The time from the first line to the last object.
    pub elapsed: Duration,
    /// Answers to records that the batch did not contain.
    pub ignored_answers: u64,
    /// Recovered records whose answers have invalid `metadata`.
    pub misrouted_answers: u64,
    /// Breaches of the contract: records that failed by a missing or invalid answer, ignored
    /// answers, and answers with invalid `metadata`.
    pub contract_violations: u64,
    /// Batches that failed because all their invocations were function errors.
    pub lost_batches: u64,
}

impl ReplayStats {
    /// The objects that are listed. All objects are counted.
    const MAX_OBJECTS: usize = 1000;

    /// Returns the counts of the records whose error line has this error code.
    pub(super) fn counts(&mut self, before: &Arc<str>) -> &mut ReplayCounts {
        self.before.entry(Arc::clone(before)).or_default()
    }

    /// Returns the counts of all records.
    pub fn total(&self) -> ReplayCounts {
        self.before.values().fold(ReplayCounts::default(), |sum, counts| ReplayCounts {
            recovered: sum.recovered + counts.recovered,
            dropped: sum.dropped + counts.dropped,
            failing: sum.failing + counts.failing,
        })
    }

    /// Returns the number of lines without a result: the store did not take their output, or the
    /// replay was aborted.
    pub fn not_replayed(&self) -> u64 {
        let ReplayCounts { recovered, dropped, failing } = self.total();
        self.lines.saturating_sub(recovered + dropped + failing + self.unreadable)
    }

    /// Adds the invocations of a batch.
    pub(super) fn add_batch(&mut self, batch: &BatchSummary) {
        self.invocations += u64::from(batch.attempts);
        self.function_errors += u64::from(batch.function_errors);
        self.function_time += batch.function_time;
        self.ignored_answers += batch.ignored_answers;
        self.misrouted_answers += batch.misrouted_answers;
        self.contract_violations += batch.contract_violations;
        self.lost_batches += u64::from(batch.is_lost());
    }

    pub(super) fn add_object(&mut self, object: DeliveredObject) {
        self.object_count += 1;
        self.object_bytes += object.bytes;
        if self.objects.len() < Self::MAX_OBJECTS {
            self.objects.push(object);
        }
    }
}
