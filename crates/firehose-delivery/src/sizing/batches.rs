use std::{borrow::Borrow, ops::Range};

use super::buffer_size::BufferSize;
use crate::delivery_stream::{ENVELOPE_BYTES, EventWriter, MAX_EVENT_BYTES, StreamRecord};

/// The space for the records of an event, in bytes, counted as in a delivery.
const ROOM: u64 = (MAX_EVENT_BYTES - ENVELOPE_BYTES) as u64;

/// The batches of a sample, for each buffer setting.
///
/// As in a delivery, a batch collects records until their data reaches the size of the setting, or
/// until the event has no room for the next record.
#[derive(Debug)]
pub struct Batches {
    /// The bytes of data before each record, then the bytes of data of all records.
    data: Vec<u64>,
    /// The bytes in an event before each record, then the bytes in an event of all records.
    event: Vec<u64>,
    /// The number of records at which a batch may begin.
    starts: usize,
}

impl Batches {
    /// Creates the batches of `records` that begin at one of the first `starts` records. `starts`
    /// counts as at least 1.
    pub fn new(records: &[impl Borrow<StreamRecord>], starts: usize) -> Self {
        let data = records.iter().map(|record| record.borrow().data.len() as u64);
        let event = records.iter().map(|record| EventWriter::record_len(record.borrow()) as u64);
        Self::of_sizes(data, event, starts)
    }

    fn of_sizes(
        data: impl Iterator<Item = u64>,
        event: impl Iterator<Item = u64>,
        starts: usize,
    ) -> Self {
        Self { data: sums(data), event: sums(event), starts: starts.max(1) }
    }

    /// Returns the number of records at which a batch may begin.
    pub fn starts(&self) -> usize {
        self.starts
    }

    /// Returns the batch that begins at record `start`.
    pub fn batch(&self, start: usize, setting: BufferSize) -> Range<usize> {
        let count = self.data.len() - 1;
        let start = start.min(count);
        let wanted = self.data[start] + setting.bytes();
        let full = self.data.partition_point(|before| *before < wanted);
        start..full.min(self.room(start)).min(count)
    }

    /// Returns `true` if the event has no room for the records that the setting asks for.
    pub fn is_cut(&self, batch: &Range<usize>, setting: BufferSize) -> bool {
        self.data_bytes(batch) < setting.bytes() && batch.end == self.room(batch.start)
    }

    /// Returns the bytes of data in a batch.
    pub fn data_bytes(&self, batch: &Range<usize>) -> u64 {
        self.data[batch.end] - self.data[batch.start]
    }

    /// Returns the latest end of a batch that begins at `start`. One record always has room.
    fn room(&self, start: usize) -> usize {
        let room = self.event[start] + ROOM;
        let end = self.event.partition_point(|before| *before <= room) - 1;
        end.max(start + 1)
    }
}

/// Returns the sum of the values before each value, then the sum of all values.
pub(super) fn sums(values: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut sum = 0;
    let mut sums = vec![0];
    sums.extend(values.map(|value| {
        sum += value;
        sum
    }));
    sums
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_batch_ends_with_the_record_that_reaches_the_setting() {
        let batches = Batches::of_sizes([100_000; 40].into_iter(), [1; 40].into_iter(), 5);
        // 0.2 MB are 209,715 bytes, 3 MB are 3,145,728 bytes.
        assert_eq!(batches.batch(4, BufferSize::SMALLEST), 4..7);
        assert_eq!(batches.batch(0, BufferSize::LARGEST), 0..32);
        assert!(!batches.is_cut(&(0..32), BufferSize::LARGEST));
    }

    #[test]
    fn a_batch_ends_before_the_first_record_that_exceeds_the_event() {
        let batches = Batches::of_sizes([10; 40].into_iter(), [1_000_000; 40].into_iter(), 5);
        assert_eq!(batches.batch(1, BufferSize::SMALLEST), 1..7);
        assert!(batches.is_cut(&(1..7), BufferSize::SMALLEST));
        let batches = Batches::of_sizes([10; 2].into_iter(), [7_000_000; 2].into_iter(), 1);
        assert_eq!(batches.batch(0, BufferSize::SMALLEST), 0..1);
    }

    proptest! {
        #[test]
        fn a_batch_is_the_same_if_it_collects_record_by_record(
            records in prop::collection::vec((0u64..200_000, 0u64..900_000), 1..60),
            start in 0usize..60,
            step in 0usize..30,
        ) {
            let setting = BufferSize::candidates().nth(step).unwrap();
            let data = records.iter().map(|record| record.0);
            let event = records.iter().map(|record| record.1);
            let batches = Batches::of_sizes(data, event, records.len());
            let start = start % records.len();
            let (mut end, mut data, mut event) = (start, 0, 0);
            while end < records.len() && data < setting.bytes() {
                if end > start && event + records[end].1 > ROOM {
                    break;
                }
                data += records[end].0;
                event += records[end].1;
                end += 1;
            }
            prop_assert_eq!(batches.batch(start, setting), start..end);
        }
    }
}
