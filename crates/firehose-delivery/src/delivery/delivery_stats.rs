use std::collections::BTreeMap;

use super::wanted_positions::WantedPositions;
use crate::{
    destinations::{DeliveredRequest, PositionSet},
    objects::ObjectList,
    observer::InvocationStats,
};

/// The counts of a delivery stream: each received record is delivered, dropped, failed or not
/// delivered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeliveryStats {
    /// Records that the delivery stream received, plus records that its record processors added.
    pub received: u64,
    /// Records that the delivery stream's record processors added, because they split records.
    pub added: u64,
    /// The bytes of data in the records that the delivery stream received.
    pub received_bytes: u64,
    /// Records in objects under the prefix, or at the endpoint of the destination.
    pub delivered: u64,
    /// Records that the function or a record processor dropped.
    pub dropped: u64,
    /// Records in objects under the error output prefix, by error code.
    pub failed: BTreeMap<&'static str, u64>,
    /// The input positions of records that were not delivered, because the store failed or rejected a
    /// key, the run was interrupted, or the delivery stream panicked. One position counts once for each
    /// of its records.
    pub undelivered: PositionSet,
    /// `true` if the store failed. A store that rejects the key of an object has not failed.
    pub store_failed: bool,
    /// The input positions of records that are at the endpoint or in an object, under the prefix or
    /// the error output prefix, and of records that the function or a record processor dropped.
    pub settled: PositionSet,
    /// The input positions that several records share, such as the user records of an aggregate. A
    /// shared position can be settled although some of its records are not.
    pub shared: PositionSet,
    /// The objects that the delivery stream wrote to the store.
    pub objects: ObjectList,
    /// The requests that the endpoint of the destination took.
    pub requests: RequestStats,
    /// The invocations of the function.
    pub invocations: InvocationStats,
}

/// The requests that an endpoint took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestStats {
    /// The number of requests.
    pub count: u64,
    /// The attempts of these requests.
    pub attempts: u64,
    /// The bytes of data that the endpoint took.
    pub bytes: u64,
}

impl DeliveryStats {
    /// Returns the number of failed records, over all error codes.
    pub fn failed(&self) -> u64 {
        self.failed.values().sum()
    }

    /// Returns the number of received records that were neither delivered, nor dropped, nor failed.
    /// After a complete run, `undelivered` has the same number of records. After an aborted run,
    /// `undelivered` can have more records.
    pub fn not_delivered(&self) -> u64 {
        self.received.saturating_sub(self.delivered + self.dropped + self.failed())
    }

    /// Returns `true` if [`not_delivered`](Self::not_delivered) differs from the number of records
    /// in `undelivered`. After the end of the delivery stream, a difference is an error of the engine,
    /// or the effect of a panic.
    pub fn is_unbalanced(&self) -> bool {
        self.not_delivered() != self.undelivered.records()
    }

    /// Sets `undelivered` to the wanted positions up to `last_read`, except settled positions that
    /// are not shared. The caller does this for an aborted run, or for a delivery stream that
    /// panicked.
    ///
    /// Then `undelivered` has the position of every lost record. It can also have positions of
    /// refused records, and positions of delivered records: shared positions, and positions of an
    /// upload that ended at the moment of the abort.
    pub(crate) fn abandon(&mut self, wanted: &WantedPositions, last_read: u64) {
        let read = wanted.up_to(last_read);
        self.undelivered = PositionSet::rest(read, &self.settled, &self.shared);
    }

    /// Adds a request that the endpoint took.
    pub(super) fn add_request(&mut self, request: DeliveredRequest) {
        let DeliveredRequest { records, bytes, attempts } = request;
        self.delivered += records;
        self.requests.count += 1;
        self.requests.attempts += u64::from(attempts);
        self.requests.bytes += bytes;
    }

    /// Adds failed records by error code.
    pub(super) fn add_failed(&mut self, failed: BTreeMap<&'static str, u64>) {
        for (code, records) in failed {
            *self.failed.entry(code).or_default() += records;
        }
    }
}
