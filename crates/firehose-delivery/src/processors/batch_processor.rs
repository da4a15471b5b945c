use std::{fmt, sync::Arc};

use firehose_runtime::async_trait;
use tokio::time::Instant;

use super::processed_batch::ProcessedBatch;
use crate::delivery_stream::StreamRecord;

/// A batch with its outcomes, or the records of a batch that was abandoned.
pub(crate) type BatchResult = Result<ProcessedBatch, Vec<Arc<StreamRecord>>>;

/// A processor of the records of one delivery stream, in batches, asynchronously and with retries.
///
/// # Contract
///
/// Every record that [`push`](Self::push) takes comes back exactly once: in a batch of
/// [`next_batch`](Self::next_batch), or in the records that [`give_up`](Self::give_up) returns. A
/// batch contains records of one shard, in the order of their arrival, and one outcome for each
/// record. Memory is bounded as long as the caller adds records only while there is
/// [room](Self::has_room).
///
/// Calls take a slice of records, so that a record costs no dynamic call.
///
/// Every implementation passes `conformance::check_batch_processor`. To add an implementation,
/// write its file and create it in `DeliveryRun::prepare`.
#[async_trait]
pub(crate) trait BatchProcessor: fmt::Debug + Send {
    /// Returns the name of the processor in delivery events, such as the name of the function.
    fn name(&self) -> &str;

    /// Adds records to batches, and starts the batches that are full.
    fn push(&mut self, records: &[Arc<StreamRecord>]);

    /// Returns the time at which the next batch is due.
    fn deadline(&self) -> Option<Instant>;

    /// Starts the batches that are due at this time, or all batches for `None`.
    fn flush(&mut self, due: Option<Instant>);

    /// Returns `true` if the caller may add records.
    fn has_room(&self) -> bool;

    /// Returns `true` if no record is buffered, waits, or is in flight.
    fn is_empty(&self) -> bool;

    /// Waits for the next batch to end; returns `None` if no batch is in flight. Dropping the
    /// future loses no batch.
    async fn next_batch(&mut self) -> Option<BatchResult>;

    /// Starts no more batches, abandons the batches in flight, and returns all other records.
    /// [`next_batch`](Self::next_batch) still returns the abandoned batches.
    fn give_up(&mut self) -> Vec<Arc<StreamRecord>>;
}
