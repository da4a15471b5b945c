use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use tokio::{
    sync::watch,
    task::{Id, JoinSet},
    time::Instant,
};

use super::{
    lambda_buffer::LambdaBuffer,
    retrying_invoker::{Processed, RetryingInvoker},
};
use crate::delivery_stream::{EventWriter, StreamRecord};

/// The way of a delivery stream's records through its function: batches by shard, and
/// invocations of which several run at a time.
#[derive(Debug)]
pub struct LambdaProcessor {
    invocations: Arc<RetryingInvoker>,
    shards: Vec<Shard>,
    /// `None` of a batch that was broken off.
    running: JoinSet<Option<Processed>>,
    /// The shard and the records of each; kept here, so that no end of a task can lose them.
    batches: HashMap<Id, (usize, Vec<Arc<StreamRecord>>)>,
    concurrency: usize,
    /// What all buffers hold.
    buffered: u64,
    /// Ends what is running when the store has failed.
    abandon: watch::Sender<bool>,
}

/// A batch that was processed; or its records, if that was broken off.
pub(super) type Attempted = Result<Processed, Vec<Arc<StreamRecord>>>;

#[derive(Debug)]
struct Shard {
    buffer: LambdaBuffer,
    /// Batches that wait for an invocation to end.
    waiting: VecDeque<Vec<Arc<StreamRecord>>>,
    running: usize,
}

impl LambdaProcessor {
    /// Firehose's limit for a destination in S3:
    /// <https://docs.aws.amazon.com/firehose/latest/dev/limits.html>.
    const INVOCATIONS_PER_SHARD: usize = 5;

    /// What the batches of all shards may take while they are filled.
    const MEMORY: u64 = 64 * 1024 * 1024;

    pub fn new(invocations: RetryingInvoker, shards: u32, concurrency: usize) -> Self {
        let buffering = invocations.lambda.buffering;
        let shard =
            || Shard { buffer: LambdaBuffer::new(buffering), waiting: VecDeque::new(), running: 0 };
        Self {
            invocations: Arc::new(invocations),
            shards: (0..shards.max(1)).map(|_| shard()).collect(),
            running: JoinSet::new(),
            batches: HashMap::new(),
            buffered: 0,
            concurrency: concurrency.max(1),
            abandon: watch::Sender::new(false),
        }
    }

    /// Returns the name of the function.
    pub(super) fn function(&self) -> &str {
        &self.invocations.lambda.function
    }

    /// Takes a record into the batch of its shard.
    pub(super) fn push(&mut self, record: &Arc<StreamRecord>) {
        // A shard that does not exist is none that a source names.
        let index = record.shard().number() as usize % self.shards.len();
        let shard = &mut self.shards[index];
        let held = shard.buffer.held();
        let full = shard.buffer.push(record, EventWriter::record_len(record), Instant::now());
        self.buffered = self.buffered - held + shard.buffer.held();
        shard.waiting.extend(full.into_iter().flatten());
        // Hints are hints: where there are many shards, the largest batch goes early.
        if self.buffered > Self::MEMORY {
            let largest = self.shards.iter_mut().max_by_key(|shard| shard.buffer.held());
            if let Some(shard) = largest {
                self.buffered -= shard.buffer.held();
                shard.waiting.extend(shard.buffer.take());
            }
        }
    }

    /// When the next batch has waited for long enough.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.shards.iter().filter_map(|shard| shard.buffer.deadline()).min()
    }

    /// Closes the batches that have waited for long enough; all of them without a time.
    pub(super) fn close(&mut self, due: Option<Instant>) {
        for shard in &mut self.shards {
            let is_due = |deadline| due.is_none_or(|now| deadline <= now);
            if shard.buffer.deadline().is_some_and(is_due) {
                self.buffered -= shard.buffer.held();
                shard.waiting.extend(shard.buffer.take());
            }
        }
    }

    /// Starts the invocations that may run now.
    pub(super) fn start(&mut self) {
        for (index, shard) in self.shards.iter_mut().enumerate() {
            while shard.running < Self::INVOCATIONS_PER_SHARD
                && self.running.len() < self.concurrency
                && let Some(batch) = shard.waiting.pop_front()
            {
                shard.running += 1;
                let invocations = Arc::clone(&self.invocations);
                let mut abandon = self.abandon.subscribe();
                let records = batch.clone();
                let task = self.running.spawn(async move {
                    tokio::select! {
                        processed = invocations.process(records) => Some(processed),
                        _ = abandon.wait_for(|abandon| *abandon) => None,
                    }
                });
                self.batches.insert(task.id(), (index, batch));
            }
        }
    }

    /// Whether there is room for more: no batch waits for an invocation to end.
    pub(super) fn has_room(&self) -> bool {
        self.shards.iter().all(|shard| shard.waiting.is_empty())
    }

    /// Whether invocations are under way.
    pub(super) fn is_running(&self) -> bool {
        !self.running.is_empty()
    }

    /// Whether there are no records left here.
    pub(super) fn is_idle(&self) -> bool {
        let is_empty = |shard: &Shard| shard.waiting.is_empty() && shard.buffer.is_empty();
        self.running.is_empty() && self.shards.iter().all(is_empty)
    }

    /// The next batch that is done; `None` if none is under way.
    pub(super) async fn next(&mut self) -> Option<Attempted> {
        let (id, processed) = match self.running.join_next_with_id().await? {
            Ok(ended) => ended,
            // A task that panics has said so.
            Err(error) => (error.id(), None),
        };
        let (shard, records) = self.batches.remove(&id)?;
        if let Some(shard) = self.shards.get_mut(shard) {
            shard.running -= 1;
        }
        Some(processed.ok_or(records))
    }

    /// Ends what runs, and returns the records that wait.
    pub(super) fn give_up(&mut self) -> impl Iterator<Item = Arc<StreamRecord>> {
        self.abandon.send_replace(true);
        self.buffered = 0;
        let waiting = self.shards.iter_mut().flat_map(|shard| {
            shard.waiting.extend(shard.buffer.take());
            std::mem::take(&mut shard.waiting)
        });
        waiting.flatten()
    }
}
