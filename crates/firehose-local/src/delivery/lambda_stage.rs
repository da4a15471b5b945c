use std::{collections::VecDeque, sync::Arc};

use tokio::{sync::watch, task::JoinSet, time::Instant};

use super::{
    invocation::{Invocations, Processed},
    lambda_buffer::LambdaBuffer,
};
use crate::{EventWriter, StreamRecord};

/// The way of a delivery stream's records through its function: batches by shard, and
/// invocations of which several run at a time.
#[derive(Debug)]
pub(crate) struct LambdaStage {
    invocations: Arc<Invocations>,
    shards: Vec<Shard>,
    running: JoinSet<(usize, Attempted)>,
    concurrency: usize,
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

impl LambdaStage {
    /// Firehose's limit for a destination in S3:
    /// <https://docs.aws.amazon.com/firehose/latest/dev/limits.html>.
    const INVOCATIONS_PER_SHARD: usize = 5;

    pub(crate) fn new(invocations: Invocations, shards: u32, concurrency: usize) -> Self {
        let buffering = invocations.lambda.buffering;
        let shard =
            || Shard { buffer: LambdaBuffer::new(buffering), waiting: VecDeque::new(), running: 0 };
        Self {
            invocations: Arc::new(invocations),
            shards: (0..shards.max(1)).map(|_| shard()).collect(),
            running: JoinSet::new(),
            concurrency: concurrency.max(1),
            abandon: watch::Sender::new(false),
        }
    }

    /// The function's name.
    pub(super) fn function(&self) -> &str {
        &self.invocations.lambda.function
    }

    /// Takes a record of a shard.
    pub(super) fn push(&mut self, shard: u32, record: &Arc<StreamRecord>) {
        let now = Instant::now();
        // A shard that does not exist is none that a source names.
        let index = shard as usize % self.shards.len();
        let shard = &mut self.shards[index];
        let full = shard.buffer.push(record, EventWriter::record_len(record), now);
        shard.waiting.extend(full.into_iter().flatten());
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
                self.running.spawn(async move {
                    let records = batch.clone();
                    let processed = tokio::select! {
                        processed = invocations.process(batch) => Ok(processed),
                        _ = abandon.wait_for(|abandon| *abandon) => Err(records),
                    };
                    (index, processed)
                });
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
        let (shard, processed) = self.running.join_next().await?.ok()?;
        if let Some(shard) = self.shards.get_mut(shard) {
            shard.running -= 1;
        }
        Some(processed)
    }

    /// Ends what runs, and returns the records that wait.
    pub(super) fn give_up(&mut self) -> impl Iterator<Item = Arc<StreamRecord>> {
        self.abandon.send_replace(true);
        let waiting = self.shards.iter_mut().flat_map(|shard| {
            shard.waiting.extend(shard.buffer.take());
            std::mem::take(&mut shard.waiting)
        });
        waiting.flatten()
    }
}
