use std::sync::Arc;

use tokio::time::Instant;

use crate::delivery_stream::{BufferingHints, ENVELOPE_BYTES, MAX_EVENT_BYTES, StreamRecord};

/// The records of one shard that wait for the next invocation.
#[derive(Debug)]
pub(crate) struct LambdaBuffer {
    hints: BufferingHints,
    records: Vec<Arc<StreamRecord>>,
    /// The size of the records' data in bytes, which the buffering hint limits.
    bytes: u64,
    /// The bytes of the records in an event.
    event_bytes: usize,
    /// The time at which the first record has waited for the interval.
    deadline: Option<Instant>,
}

impl LambdaBuffer {
    /// Creates an empty buffer.
    pub(crate) fn new(hints: BufferingHints) -> Self {
        Self { hints, records: Vec::new(), bytes: 0, event_bytes: 0, deadline: None }
    }

    /// Adds a record that takes `event_bytes` bytes in an event.
    ///
    /// Returns up to two full batches. The first has the earlier records, if the event has no room
    /// for the new record. The second ends with the new record.
    pub(crate) fn push(
        &mut self,
        record: &Arc<StreamRecord>,
        event_bytes: usize,
        now: Instant,
    ) -> [Option<Vec<Arc<StreamRecord>>>; 2] {
        let no_room = !self.records.is_empty()
            && self.event_bytes + event_bytes + ENVELOPE_BYTES > MAX_EVENT_BYTES;
        let before = if no_room { self.take() } else { None };
        self.bytes += record.payload().len() as u64;
        self.event_bytes += event_bytes;
        self.records.push(Arc::clone(record));
        self.deadline.get_or_insert(now + self.hints.interval);
        let is_full = self.bytes >= self.hints.size || self.hints.interval.is_zero();
        [before, if is_full { self.take() } else { None }]
    }

    /// Takes the batch out of the buffer. Returns `None` if the buffer is empty.
    pub(crate) fn take(&mut self) -> Option<Vec<Arc<StreamRecord>>> {
        (self.bytes, self.event_bytes, self.deadline) = (0, 0, None);
        let next = Vec::with_capacity(self.records.len());
        Some(std::mem::replace(&mut self.records, next)).filter(|records| !records.is_empty())
    }

    /// Returns the approximate size in memory, in bytes.
    pub(crate) fn held(&self) -> u64 {
        self.event_bytes as u64
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::*;

    fn record(length: usize) -> Arc<StreamRecord> {
        Arc::new(StreamRecord {
            position: 1,
            record_id: "1".to_owned(),
            arrival_timestamp: jiff::Timestamp::UNIX_EPOCH,
            data: Bytes::from(vec![b'x'; length]),
            processed: None,
            kinesis: None,
            msk: None,
        })
    }

    fn hints(size: u64, seconds: u64) -> BufferingHints {
        BufferingHints { size, interval: Duration::from_secs(seconds) }
    }

    #[test]
    fn a_batch_is_full_at_the_size_of_the_hint() {
        let mut buffer = LambdaBuffer::new(hints(10, 60));
        let now = Instant::now();
        assert_eq!(buffer.push(&record(9), 100, now), [None, None]);
        assert_eq!(buffer.deadline(), Some(now + Duration::from_secs(60)));
        let [None, Some(batch)] = buffer.push(&record(1), 100, now) else { panic!() };
        assert_eq!(batch.len(), 2);
        assert_eq!((buffer.take(), buffer.deadline()), (None, None));
    }

    #[test]
    fn an_event_stays_within_the_limit_of_lambda() {
        // Records without data do not count for the hints, but take space in the event.
        let mut buffer = LambdaBuffer::new(hints(10, 60));
        let batches: usize = (0..100)
            .flat_map(|_| buffer.push(&record(0), 300_000, Instant::now()))
            .flatten()
            .map(|batch| {
                assert!(batch.len() * 300_000 <= MAX_EVENT_BYTES);
                batch.len()
            })
            .sum();
        assert_eq!(batches + buffer.take().unwrap().len(), 100);
    }

    #[test]
    fn an_interval_of_zero_means_no_waiting() {
        let mut buffer = LambdaBuffer::new(hints(10, 0));
        let [None, Some(batch)] = buffer.push(&record(1), 100, Instant::now()) else { panic!() };
        assert_eq!(batch.len(), 1);
    }
}
