use std::fmt;

use firehose_runtime::async_trait;
use tokio::time::Instant;

use super::{
    delivery_outcome::DeliveryOutcome,
    output_record::{OutputRecord, RecordFailure},
    position_set::PositionSet,
};

/// Delivers the records of one delivery stream, with buffers of its own.
///
/// # Contract
///
/// Each record that is passed to [`deliver`](Self::deliver) or [`fail`](Self::fail) is reported
/// exactly once: in an outcome of [`next_outcome`](Self::next_outcome), or in the positions that
/// [`give_up`](Self::give_up) returns. Memory is bounded as long as the caller adds records only
/// while there is [room](Self::has_room).
///
/// A destination owns the error output of its delivery stream. Records that failed earlier arrive
/// through [`fail`](Self::fail). The destination treats records that it cannot deliver in the same
/// way. [`ObjectDestination`](super::ObjectDestination) writes data objects and error objects
/// itself. A destination that sends requests has an `ObjectDestination` for its error output. Its
/// own outcomes, deadlines and room include those of this `ObjectDestination`.
///
/// Methods take a slice of records, so that one dynamic call serves many records.
///
/// Every implementation passes `conformance::check`. To add an implementation, write its file and
/// create it in `DeliveryRun::destination`.
#[async_trait]
pub(crate) trait Destination: fmt::Debug + Send {
    /// Takes records. A record that cannot be delivered goes to the error output.
    fn deliver(&mut self, records: &[OutputRecord<'_>]);

    /// Takes records that failed, for the error output.
    fn fail(&mut self, failures: &[RecordFailure<'_>]);

    /// Waits for the next outcome; returns `None` if no upload and no request is in flight.
    /// Dropping the future loses no outcome.
    async fn next_outcome(&mut self) -> Option<DeliveryOutcome>;

    /// Returns the time at which the next buffer is due.
    fn deadline(&self) -> Option<Instant>;

    /// Sends the buffers that are due at this time, or all buffers for `None`.
    fn flush(&mut self, due: Option<Instant>);

    /// Returns `true` if the caller may add records.
    fn has_room(&self) -> bool;

    /// Returns `true` if nothing is buffered and nothing is in flight.
    fn is_empty(&self) -> bool;

    /// Stops sending, and returns the positions of the buffered records. The outcomes of uploads
    /// and requests in flight still follow.
    fn give_up(&mut self) -> PositionSet;
}
