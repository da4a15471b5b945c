use std::collections::BTreeMap;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::{
    delivery_stream::{BufferingHints, Compression},
    destination::PositionRanges,
    encoder::Content,
};

/// Records on their way into one object, until there are enough of them.
#[derive(Debug)]
pub(crate) struct ObjectBuffer {
    content: Content,
    positions: PositionRanges,
    /// By error code, if they are failed records.
    failed: BTreeMap<&'static str, u64>,
    /// The earliest arrival: prefixes and names have the time of the oldest record.
    oldest_arrival: Timestamp,
    /// That of the record that came first.
    first_arrival: Timestamp,
    deadline: Instant,
}

impl ObjectBuffer {
    /// Records without data fill no buffer, and their number has to end somewhere.
    const MAX_RECORDS: u64 = 1_000_000;

    pub(crate) fn new(compression: Compression, hints: BufferingHints, now: Instant) -> Self {
        Self {
            content: Content::new(compression),
            positions: PositionRanges::default(),
            failed: BTreeMap::new(),
            oldest_arrival: Timestamp::MAX,
            first_arrival: Timestamp::UNIX_EPOCH,
            deadline: now + hints.interval,
        }
    }

    /// Adds a record, with what is to stand between it and the one before it.
    pub(crate) fn push(
        &mut self,
        position: u64,
        arrival: Timestamp,
        delimiter: &[u8],
        data: &[u8],
    ) {
        if self.positions.records() == 0 {
            self.first_arrival = arrival;
        } else {
            self.content.push(delimiter);
        }
        self.content.push(data);
        self.positions.push(position);
        self.oldest_arrival = self.oldest_arrival.min(arrival);
    }

    /// Adds the error line of a failed record.
    pub(crate) fn push_failed(
        &mut self,
        position: u64,
        arrival: Timestamp,
        code: &'static str,
        line: &[u8],
    ) {
        self.push(position, arrival, b"", line);
        *self.failed.entry(code).or_default() += 1;
    }

    pub(crate) fn is_full(&self, hints: BufferingHints) -> bool {
        self.content.written() >= hints.size
            || hints.interval.is_zero()
            || self.positions.records() >= Self::MAX_RECORDS
    }

    /// What it takes in memory.
    pub(crate) fn held(&self) -> u64 {
        self.content.held() + self.positions.held()
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.deadline
    }

    pub(crate) fn oldest_arrival(&self) -> Timestamp {
        self.oldest_arrival
    }

    pub(crate) fn first_arrival(&self) -> Timestamp {
        self.first_arrival
    }

    pub(crate) fn into_parts(self) -> (Content, PositionRanges, BTreeMap<&'static str, u64>) {
        (self.content, self.positions, self.failed)
    }
}
