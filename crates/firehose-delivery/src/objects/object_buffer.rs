use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    object_contents::ObjectContents, object_layout::Arrivals, object_limits::ObjectLimits,
};
use crate::{
    delivery_stream::DeliveryFailure,
    encoder::{AnyEncoder, EncodedObject, ObjectEncoder},
};

/// An open object: the encoded records that were added so far.
#[derive(Debug)]
pub(super) struct ObjectBuffer<C> {
    encoder: AnyEncoder,
    contents: C,
    arrivals: Arrivals,
    deadline: Option<Instant>,
}

impl<C: ObjectContents> ObjectBuffer<C> {
    /// The limit of records in one object. Records without data do not add to the length of the
    /// object, so the number of records needs its own limit.
    const MAX_RECORDS: u64 = 1_000_000;

    pub(super) fn new(encoder: AnyEncoder, interval: Option<Duration>) -> Self {
        let arrivals = Arrivals { oldest: Timestamp::MAX, first: Timestamp::UNIX_EPOCH };
        let deadline = interval.map(|interval| Instant::now() + interval);
        Self { encoder, contents: C::default(), arrivals, deadline }
    }

    /// Adds a record with this data.
    ///
    /// # Errors
    ///
    /// If the format of the object cannot hold the data. The error returns the record.
    pub(super) fn push(
        &mut self,
        record: C::Record,
        arrival: Timestamp,
        data: &[u8],
    ) -> Result<(), (C::Record, DeliveryFailure)> {
        if let Err(failure) = self.encoder.push(data) {
            return Err((record, failure));
        }
        if self.contents.records() == 0 {
            self.arrivals.first = arrival;
        }
        self.arrivals.oldest = self.arrivals.oldest.min(arrival);
        self.contents.push(record);
        Ok(())
    }

    pub(super) fn is_full(&self, limits: &ObjectLimits) -> bool {
        self.encoder.written() >= limits.object_bytes
            || limits.interval.is_some_and(|interval| interval.is_zero())
            || self.contents.records() >= Self::MAX_RECORDS
    }

    pub(super) fn is_empty(&self) -> bool {
        self.contents.records() == 0
    }

    /// Returns the approximate size in memory, in bytes.
    pub(super) fn held(&self) -> u64 {
        self.encoder.held() + self.contents.held()
    }

    /// Returns the time at which the first record has waited for the interval.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    pub(super) fn arrivals(&self) -> Arrivals {
        self.arrivals
    }

    pub(super) fn into_contents(self) -> C {
        self.contents
    }

    /// Ends the object.
    pub(super) fn finish(self) -> (EncodedObject, C) {
        (self.encoder.finish(), self.contents)
    }
}
