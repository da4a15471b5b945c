use std::{
    ops::Range,
    time::{Duration, Instant},
};

use super::batch::Batch;

/// The minimum estimated time of the remaining records. Below this time, no more threads start.
/// Starting a thread takes about 50 microseconds.
const MIN_SHARED_TIME: Duration = Duration::from_millis(4);

/// The estimated work of one thread in a window.
const WINDOW_TIME: Duration = Duration::from_millis(20);

/// The maximum number of records for each thread in a window. The limit bounds the outputs that
/// wait for earlier records.
const WINDOW_RECORDS: usize = 64;

/// The maximum bytes of payload for each thread in a window.
const WINDOW_BYTES: usize = 256 * 1024;

/// A policy that decides when threads share records, by the time that earlier records took.
///
/// The threads share one window at a time: a range of consecutive records. Most transforms take
/// microseconds a record, and finish a batch before a second thread starts. So more threads start
/// only if they save time. Reading the clock takes time too, so only some records are timed: the
/// first three, the fifth, the ninth and so on, and later every 64th.
pub(super) struct ParallelismPolicy {
    threads: usize,
    /// The index of the next record to time.
    next_timed: usize,
    begun: Option<Instant>,
    /// The sum of all measured times.
    time: Duration,
    /// The number of measured records.
    records: u32,
}

impl ParallelismPolicy {
    pub(super) fn new(threads: usize) -> Self {
        Self { threads, next_timed: 0, begun: None, time: Duration::ZERO, records: 0 }
    }

    /// Reads the clock before a record that is to be timed.
    pub(super) fn begin(&mut self, index: usize) {
        self.begun = (self.threads > 1 && index >= self.next_timed).then(Instant::now);
    }

    /// Adds the time of the record, which has finished or waits for something.
    pub(super) fn end(&mut self, index: usize) {
        if let Some(begun) = self.begun.take() {
            self.add(index, begun.elapsed());
        }
    }

    fn add(&mut self, index: usize, time: Duration) {
        self.next_timed = index + index.clamp(1, WINDOW_RECORDS);
        self.time += time;
        self.records += 1;
    }

    /// Returns the range of records to share among threads, from `next`, or `None` if sharing saves
    /// no time.
    pub(super) fn window<B: Batch>(&self, next: usize, batch: &B) -> Option<Range<usize>> {
        let left = batch.len() - next;
        let each = self.time.checked_div(self.records)?;
        let time_left = each.saturating_mul(u32::try_from(left).unwrap_or(u32::MAX));
        if left < 2 || time_left < MIN_SHARED_TIME {
            return None;
        }
        let records = usize::try_from(WINDOW_TIME.as_nanos() / each.as_nanos().max(1));
        let records = records.unwrap_or(usize::MAX).clamp(1, WINDOW_RECORDS);
        let records = records.min(left.div_ceil(self.threads.max(1)));
        let (mut end, mut bytes) = (next, 0);
        while end < batch.len() && end - next < records * self.threads {
            bytes += batch.payload_bytes(end);
            if bytes > WINDOW_BYTES * self.threads && end - next >= self.threads {
                break;
            }
            end += 1;
        }
        Some(next..end)
    }
}

#[cfg(test)]
mod tests {
    use firehose_core::Record;

    use super::*;
    use crate::{cause::Cause, failure::Failure};

    /// A number of records, each with a number of bytes.
    struct Records(usize, usize);

    impl Batch for Records {
        fn len(&self) -> usize {
            self.0
        }

        fn payload_bytes(&self, _: usize) -> usize {
            self.1
        }

        fn record(&self, _: usize) -> Result<Record, Cause> {
            unreachable!("the policy starts no record")
        }

        fn failure(&self, _: usize, _: Cause) -> Failure {
            unreachable!("the policy starts no record")
        }
    }

    fn window(
        threads: usize,
        seen: &[(usize, u64)],
        next: usize,
        batch: &Records,
    ) -> Option<usize> {
        let mut policy = ParallelismPolicy::new(threads);
        for &(index, micros) in seen {
            policy.add(index, Duration::from_micros(micros));
        }
        policy.window(next, batch).map(|window| {
            assert_eq!(window.start, next);
            window.len()
        })
    }

    #[test]
    fn only_long_computations_are_shared() {
        let many = &Records(1000, 100);
        // No record was timed, sharing does not pay, or only one record is left.
        assert_eq!(window(2, &[], 0, many), None);
        assert_eq!(window(2, &[(0, 3)], 1, many), None);
        assert_eq!(window(2, &[(0, 900_000)], 1, &Records(2, 100)), None);
        // 20 ms of work for each thread, 64 records at most.
        assert_eq!(window(2, &[(0, 2000)], 1, many), Some(20));
        assert_eq!(window(3, &[(0, 100)], 1, many), Some(192));
        assert_eq!(window(4, &[(0, 50_000)], 1, many), Some(4));
        // The threads divide the records that are left. Long payloads make a window short.
        assert_eq!(window(2, &[(0, 100_000), (1, 1)], 2, &Records(5, 100)), Some(2));
        assert_eq!(window(2, &[(0, 100)], 1, &Records(1000, 100_000)), Some(5));
        // One slow record among quick ones does not start threads.
        assert_eq!(window(2, &[(0, 100), (1, 1), (2, 1)], 3, &Records(50, 100)), None);
    }

    #[test]
    fn few_records_are_timed() {
        let mut policy = ParallelismPolicy::new(2);
        let mut timed = Vec::new();
        for index in 0..300 {
            policy.begin(index);
            if policy.begun.is_some() {
                timed.push(index);
            }
            policy.end(index);
        }
        assert_eq!(timed, [0, 1, 2, 4, 8, 16, 32, 64, 128, 192, 256]);
        let mut alone = ParallelismPolicy::new(1);
        alone.begin(0);
        assert!(alone.begun.is_none());
    }
}
