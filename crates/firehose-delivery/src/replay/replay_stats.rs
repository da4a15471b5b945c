use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::{raw_data::UnknownRawData, remaining::RemainingCounts, replay_counts::ReplayCounts};
use crate::{objects::ObjectList, observer::InvocationStats};

/// The counts of a replay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplayStats {
    /// The number of lines that were read.
    pub lines: u64,
    /// Lines that hold no failed record.
    pub unreadable: u64,
    /// Records that a processor of the delivery stream added, because it split records.
    pub added: u64,
    /// Lines, objects and last parts of objects that could not be read.
    pub gaps: u64,
    /// The object of the last line that was read, and the number of the line in this object.
    pub last: Option<(Arc<str>, u64)>,
    /// `true` if the input was read to its end.
    pub read_to_end: bool,
    /// The records by the error code of their error line.
    pub before: BTreeMap<Arc<str>, ReplayCounts>,
    /// Recovered records that were delivered unchanged, because they failed after the function.
    pub unchanged: u64,
    /// The first line whose `rawData` has an unknown content. The reading stops before this line,
    /// unless the file of remaining records takes error lines.
    pub undecided: Option<UndecidedLine>,
    /// The lines with an unknown content in the file of remaining records.
    pub undecided_lines: u64,
    /// Records that still fail, by the error code of the failure in the replay.
    pub failing: BTreeMap<&'static str, u64>,
    /// The objects with recovered records.
    pub objects: ObjectList,
    /// The counts of the file of remaining records, once the file is complete.
    pub remaining: Option<RemainingCounts>,
    /// `true` if the file of remaining records could not be written.
    pub remaining_failed: bool,
    /// `true` if a store failed: the store that is read, or the store that is written. A store that
    /// rejects the key of an object has not failed.
    pub store_failed: bool,
    /// The invocations of the function.
    pub invocations: InvocationStats,
    /// The time from the first line to the last object.
    pub elapsed: Duration,
}

/// A line of an error object whose `rawData` may be an original record or an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndecidedLine {
    /// The name of the object in messages.
    pub object: Arc<str>,
    /// The number of the line in the object, counted from 1.
    pub line: u64,
    /// The reason.
    pub reason: UnknownRawData,
}

impl ReplayStats {
    /// Returns the counts of the records whose error line has this error code.
    pub(super) fn counts(&mut self, error_code: &Arc<str>) -> &mut ReplayCounts {
        self.before.entry(Arc::clone(error_code)).or_default()
    }

    /// Returns the counts of all records.
    pub fn total(&self) -> ReplayCounts {
        self.before.values().fold(ReplayCounts::default(), |sum, counts| ReplayCounts {
            recovered: sum.recovered + counts.recovered,
            dropped: sum.dropped + counts.dropped,
            failing: sum.failing + counts.failing,
        })
    }

    /// Returns the number of lines and added records without a result: the store did not take their
    /// output, the replay was aborted, or the function panicked in this process.
    pub fn not_replayed(&self) -> u64 {
        let ReplayCounts { recovered, dropped, failing } = self.total();
        let done = recovered + dropped + failing + self.unreadable + self.undecided_lines;
        (self.lines + self.added).saturating_sub(done)
    }
}
