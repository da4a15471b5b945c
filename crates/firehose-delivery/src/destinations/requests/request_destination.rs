use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use bytes::Bytes;
use firehose_runtime::async_trait;
use tokio::{
    sync::{Semaphore, watch},
    task::{Id, JoinError, JoinSet},
    time::Instant,
};

use super::{
    super::{
        delivered_request::DeliveredRequest,
        delivery_outcome::DeliveryOutcome,
        destination::Destination,
        object_destination::ObjectDestination,
        output_record::{OutputRecord, RecordFailure, RejectedRecord},
        position_ranges::PositionRanges,
        position_set::PositionSet,
    },
    request_batch::{OpenBatch, RequestBatch},
    retrying_sender::{FailedRequestRecord, RetryingSender, SentBatch},
};
use crate::{
    delivery_stream::{BufferingHints, StreamRecord},
    now::now,
};

/// A destination that sends requests to an endpoint. Records that the endpoint does not take go to
/// the error output.
#[derive(Debug)]
pub(super) struct RequestDestination {
    sender: Arc<RetryingSender>,
    hints: BufferingHints,
    open: Option<OpenBatch>,
    running: JoinSet<SentBatch>,
    /// The batches in flight. Owned here, so that a task that panics loses no record.
    batches: HashMap<Id, Arc<RequestBatch>>,
    slots: Arc<Semaphore>,
    /// The memory of the batches in flight, in bytes.
    held: u64,
    /// The limit of `held`.
    memory: u64,
    /// Ends the requests after the store has failed.
    abandon: watch::Sender<bool>,
    errors: ObjectDestination,
    /// The outcomes that `next_outcome` has not returned yet.
    ready: VecDeque<DeliveryOutcome>,
    /// `true` after a flush of all buffers. Then the error output of failures that follow is
    /// flushed too.
    is_closing: bool,
}

impl RequestDestination {
    /// The number of requests that run at a time. AWS does not document the number: our choice.
    const AT_A_TIME: usize = 4;

    /// The number of requests that may wait for a slot.
    const WAITING: usize = 16;

    /// Creates a destination. `errors` takes the failed records. Requests take at most `memory`
    /// bytes.
    pub(super) fn new(
        sender: RetryingSender,
        hints: BufferingHints,
        errors: ObjectDestination,
        memory: u64,
    ) -> Self {
        Self {
            sender: Arc::new(sender),
            hints,
            open: None,
            running: JoinSet::new(),
            batches: HashMap::new(),
            slots: Arc::new(Semaphore::new(Self::AT_A_TIME)),
            held: 0,
            memory,
            abandon: watch::Sender::new(false),
            errors,
            ready: VecDeque::new(),
            is_closing: false,
        }
    }

    fn add(&mut self, output: &OutputRecord<'_>) {
        let data = Bytes::copy_from_slice(output.data);
        let record = StreamRecord { data, ..output.record.clone() };
        let protocol = self.sender.protocol();
        if let Some(failure) = protocol.refusal(&record.data) {
            let fields = Some(protocol.error_fields(&record));
            return self.errors.reject(&RejectedRecord {
                record: &record,
                failure,
                response: "",
                fields,
                attempts: 1,
                ended: now(),
            });
        }
        let open = self.open.get_or_insert_with(|| OpenBatch::new(self.hints));
        // If a batch fills half of the memory, start it before it reaches its buffering hints.
        // Otherwise the batch would leave no room for the records that complete it.
        if open.push(record, self.hints) || open.held() > self.memory / 2 {
            self.start();
        }
    }

    /// Starts the request of the open batch.
    fn start(&mut self) {
        let Some(open) = self.open.take() else { return };
        let batch = Arc::new(open.finish());
        self.held += batch.held;
        let (sender, slots) = (Arc::clone(&self.sender), Arc::clone(&self.slots));
        let (sent, mut abandon) = (Arc::clone(&batch), self.abandon.subscribe());
        let task = self.running.spawn(async move {
            // The semaphore is never closed.
            let _slot = tokio::select! {
                slot = slots.acquire() => slot,
                _ = abandon.wait_for(|abandon| *abandon) => {
                    let abandoned = (0..sent.records.len()).collect();
                    return SentBatch { abandoned, ..SentBatch::default() };
                }
            };
            sender.send(&sent, abandon).await
        });
        self.batches.insert(task.id(), batch);
    }

    /// Turns the result of a task into outcomes.
    fn finish(&mut self, ended: Result<(Id, SentBatch), JoinError>) {
        let (id, sent) = match ended {
            Ok((id, sent)) => (id, Some(sent)),
            // The panic hook has reported the panic of the task.
            Err(error) => (error.id(), None),
        };
        let Some(batch) = self.batches.remove(&id) else { return };
        self.held -= batch.held;
        let all = || (0..batch.records.len()).collect();
        let sent = sent.unwrap_or_else(|| SentBatch { abandoned: all(), ..SentBatch::default() });
        if !sent.delivered.is_empty() {
            self.ready.push_back(delivered(&batch, &sent));
        }
        if !sent.abandoned.is_empty() {
            let positions = sent.abandoned.iter().map(|index| batch.records[*index].position);
            let positions = positions.collect();
            self.ready.push_back(DeliveryOutcome::NotDelivered { positions, error: None });
        }
        if !sent.failed.is_empty() {
            sent.failed.iter().for_each(|failed| self.reject(&batch, failed));
            self.ready.push_back(DeliveryOutcome::ToErrorOutput);
        }
    }

    fn reject(&mut self, batch: &RequestBatch, failed: &FailedRequestRecord) {
        let record = &batch.records[failed.index];
        self.errors.reject(&RejectedRecord {
            record,
            failure: failed.failure.failure,
            response: &failed.failure.response,
            fields: Some(self.sender.protocol().error_fields(record)),
            attempts: failed.attempts,
            ended: failed.ended,
        });
    }
}

/// Returns the outcome of the delivered records of a batch.
fn delivered(batch: &RequestBatch, sent: &SentBatch) -> DeliveryOutcome {
    let (mut positions, mut bytes) = (PositionRanges::default(), 0);
    for index in &sent.delivered {
        let record = &batch.records[*index];
        positions.push(record.position);
        bytes += record.data.len() as u64;
    }
    let records = positions.records();
    let request = DeliveredRequest { records, bytes, attempts: sent.attempts };
    DeliveryOutcome::Sent { request, positions }
}

#[async_trait]
impl Destination for RequestDestination {
    fn deliver(&mut self, records: &[OutputRecord<'_>]) {
        self.is_closing = false;
        records.iter().for_each(|output| self.add(output));
    }

    fn fail(&mut self, failures: &[RecordFailure<'_>]) {
        self.is_closing = false;
        self.errors.fail(failures);
    }

    async fn next_outcome(&mut self) -> Option<DeliveryOutcome> {
        loop {
            if let Some(outcome) = self.ready.pop_front() {
                return Some(outcome);
            }
            if self.is_closing && self.batches.is_empty() {
                self.errors.flush(None);
            }
            tokio::select! {
                Some(outcome) = self.errors.next_outcome() => return Some(outcome),
                Some(ended) = self.running.join_next_with_id(), if self.errors.has_room() => {
                    self.finish(ended);
                }
                else => return None,
            }
        }
    }

    fn deadline(&self) -> Option<Instant> {
        let open = self.open.as_ref().map(OpenBatch::deadline);
        [open, self.errors.deadline()].into_iter().flatten().min()
    }

    fn flush(&mut self, due: Option<Instant>) {
        let is_due = |open: &OpenBatch| due.is_none_or(|now| open.deadline() <= now);
        if self.open.as_ref().is_some_and(is_due) {
            self.start();
        }
        match due {
            Some(_) => self.errors.flush(due),
            // Failures of requests in flight share the last error objects.
            None if self.batches.is_empty() => self.errors.flush(None),
            None => self.is_closing = true,
        }
    }

    fn has_room(&self) -> bool {
        let open = self.open.as_ref().map_or(0, OpenBatch::held);
        self.held + open <= self.memory
            && self.batches.len() <= Self::AT_A_TIME + Self::WAITING
            && self.errors.has_room()
    }

    fn is_empty(&self) -> bool {
        self.open.is_none()
            && self.batches.is_empty()
            && self.ready.is_empty()
            && self.errors.is_empty()
    }

    fn give_up(&mut self) -> PositionSet {
        self.abandon.send_replace(true);
        let mut positions = self.errors.give_up();
        let open = self.open.take();
        let records = open.iter().flat_map(|open| open.records());
        positions.merge(&records.map(|record| record.position).collect());
        positions
    }
}
