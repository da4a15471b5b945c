use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use firehose_runtime::async_trait;
use tokio::{
    sync::watch,
    task::{Id, JoinSet},
    time::Instant,
};

use super::{
    batch_processor::{BatchProcessor, BatchResult},
    lambda_buffer::LambdaBuffer,
    processed_batch::ProcessedBatch,
    retrying_invoker::RetryingInvoker,
};
use crate::delivery_stream::{DestinationKind, EventWriter, StreamRecord};

/// A processor that invokes a function. Each batch has records of one shard, and several
/// invocations run at a time.
#[derive(Debug)]
pub(crate) struct LambdaProcessor {
    invoker: Arc<RetryingInvoker>,
    shards: Vec<Shard>,
    /// The invocations; `None` for an abandoned batch.
    running: JoinSet<Option<ProcessedBatch>>,
    /// The shard and the records of each invocation. Owned here, so that a task that panics loses
    /// no record.
    batches: HashMap<Id, (usize, Vec<Arc<StreamRecord>>)>,
    concurrency: usize,
    /// The number of invocations of one shard that run at a time.
    per_shard: usize,
    /// The bytes in all buffers.
    buffered: u64,
    /// Abandons the invocations after the store has failed.
    abandon: watch::Sender<bool>,
}

#[derive(Debug)]
struct Shard {
    buffer: LambdaBuffer,
    /// The batches that wait for an invocation to end.
    waiting: VecDeque<Vec<Arc<StreamRecord>>>,
    running: usize,
}

impl LambdaProcessor {
    /// Firehose's limit of concurrent invocations for all destinations but Splunk:
    /// <https://docs.aws.amazon.com/firehose/latest/dev/limits.html>.
    const INVOCATIONS_PER_SHARD: usize = 5;

    /// The same limit for Splunk.
    const INVOCATIONS_FOR_SPLUNK: usize = 10;

    /// The bytes that the buffers of all shards may hold.
    const MEMORY: u64 = 64 * 1024 * 1024;

    /// Creates a processor for a stream with this number of shards. At most `concurrency`
    /// invocations run at a time.
    pub(crate) fn new(invoker: RetryingInvoker, shards: u32, concurrency: usize) -> Self {
        let buffering = invoker.lambda.buffering;
        let shard =
            || Shard { buffer: LambdaBuffer::new(buffering), waiting: VecDeque::new(), running: 0 };
        Self {
            invoker: Arc::new(invoker),
            shards: (0..shards.max(1)).map(|_| shard()).collect(),
            running: JoinSet::new(),
            batches: HashMap::new(),
            buffered: 0,
            concurrency: concurrency.max(1),
            per_shard: Self::INVOCATIONS_PER_SHARD,
            abandon: watch::Sender::new(false),
        }
    }

    /// Sets the limit of concurrent invocations for a kind of destination. Default: the limit for S3.
    #[must_use]
    pub(crate) fn for_destination(self, kind: DestinationKind) -> Self {
        let per_shard = match kind {
            DestinationKind::Splunk => Self::INVOCATIONS_FOR_SPLUNK,
            _ => Self::INVOCATIONS_PER_SHARD,
        };
        Self { per_shard, ..self }
    }

    fn push_record(&mut self, record: &Arc<StreamRecord>, now: Instant) {
        // Sources name existing shards only; the remainder keeps the index in range.
        let index = record.shard().number() as usize % self.shards.len();
        let shard = &mut self.shards[index];
        let held = shard.buffer.held();
        let full = shard.buffer.push(record, EventWriter::record_len(record), now);
        self.buffered = self.buffered - held + shard.buffer.held();
        shard.waiting.extend(full.into_iter().flatten());
        // If many shards fill the memory, start the largest batch before it reaches its buffering
        // hints.
        if self.buffered > Self::MEMORY {
            let largest = self.shards.iter_mut().max_by_key(|shard| shard.buffer.held());
            if let Some(shard) = largest {
                self.buffered -= shard.buffer.held();
                shard.waiting.extend(shard.buffer.take());
            }
        }
    }

    /// Starts the invocations that may run now.
    fn start(&mut self) {
        for (index, shard) in self.shards.iter_mut().enumerate() {
            while shard.running < self.per_shard
                && self.running.len() < self.concurrency
                && let Some(batch) = shard.waiting.pop_front()
            {
                shard.running += 1;
                let invoker = Arc::clone(&self.invoker);
                let mut abandon = self.abandon.subscribe();
                let records = batch.clone();
                let task = self.running.spawn(async move {
                    tokio::select! {
                        processed = invoker.process(records) => Some(processed),
                        _ = abandon.wait_for(|abandon| *abandon) => None,
                    }
                });
                self.batches.insert(task.id(), (index, batch));
            }
        }
    }
}

#[async_trait]
impl BatchProcessor for LambdaProcessor {
    fn name(&self) -> &str {
        &self.invoker.lambda.function
    }

    fn push(&mut self, records: &[Arc<StreamRecord>]) {
        let now = Instant::now();
        records.iter().for_each(|record| self.push_record(record, now));
        self.start();
    }

    fn deadline(&self) -> Option<Instant> {
        self.shards.iter().filter_map(|shard| shard.buffer.deadline()).min()
    }

    fn flush(&mut self, due: Option<Instant>) {
        for shard in &mut self.shards {
            let is_due = |deadline| due.is_none_or(|now| deadline <= now);
            if shard.buffer.deadline().is_some_and(is_due) {
                self.buffered -= shard.buffer.held();
                shard.waiting.extend(shard.buffer.take());
            }
        }
        self.start();
    }

    fn has_room(&self) -> bool {
        self.shards.iter().all(|shard| shard.waiting.is_empty())
    }

    fn is_empty(&self) -> bool {
        let is_empty = |shard: &Shard| shard.waiting.is_empty() && shard.buffer.is_empty();
        self.running.is_empty() && self.shards.iter().all(is_empty)
    }

    async fn next_batch(&mut self) -> Option<BatchResult> {
        let (id, processed) = match self.running.join_next_with_id().await? {
            Ok(ended) => ended,
            // The panic hook has reported the panic of the task.
            Err(error) => (error.id(), None),
        };
        let (shard, records) = self.batches.remove(&id)?;
        if let Some(shard) = self.shards.get_mut(shard) {
            shard.running -= 1;
        }
        self.start();
        Some(processed.ok_or(records))
    }

    fn give_up(&mut self) -> Vec<Arc<StreamRecord>> {
        self.abandon.send_replace(true);
        self.buffered = 0;
        let waiting = self.shards.iter_mut().flat_map(|shard| {
            shard.waiting.extend(shard.buffer.take());
            std::mem::take(&mut shard.waiting)
        });
        waiting.flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::HashMap,
        sync::{Mutex, PoisonError},
    };

    use bytes::Bytes;
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        delivery_stream::LambdaProcessorConfig,
        function::{Function, FunctionError, InvokeError},
        observer::Unobserved,
        processors::conformance::{BatchSetup, Work, check_batch_processor},
    };

    /// A function in this process.
    #[derive(Debug)]
    struct Scripted {
        work: Work,
        /// The number of attempts by the id of a batch's first record.
        attempts: Mutex<HashMap<String, u32>>,
    }

    #[async_trait]
    impl Function for Scripted {
        async fn invoke(&self, event: Bytes) -> Result<Bytes, InvokeError> {
            let event: Value = serde_json::from_slice(&event).unwrap();
            let records = event["records"].as_array().unwrap();
            let first = records[0]["recordId"].as_str().unwrap().to_owned();
            let attempt = {
                let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
                let attempt = attempts.entry(first).or_default();
                *attempt += 1;
                *attempt
            };
            match self.work {
                Work::Hang => std::future::pending().await,
                Work::FailAttempts(count) if attempt <= count => {
                    let message = format!("attempt {attempt}");
                    Err(FunctionError::reported("Scripted", message).into())
                }
                Work::Pass | Work::FailAttempts(_) => {
                    let answer = |it: &Value| json!({"recordId": it["recordId"], "result": "Ok", "data": it["data"]});
                    let answers: Vec<_> = records.iter().map(answer).collect();
                    Ok(json!({ "records": answers }).to_string().into())
                }
            }
        }
    }

    fn start(setup: BatchSetup) -> Box<dyn BatchProcessor> {
        let mut lambda = LambdaProcessorConfig::new("scripted", "arn");
        lambda.buffering = setup.buffering;
        lambda.retries = setup.retries;
        let invoker = RetryingInvoker {
            stream: "demo".to_owned(),
            function: Arc::new(Scripted { work: setup.work, attempts: Mutex::default() }),
            lambda,
            events: EventWriter::new("arn", "us-east-1", None),
            partition_keys: Vec::new(),
            limited_by_firehose: false,
            observer: Arc::new(Unobserved),
        };
        Box::new(LambdaProcessor::new(invoker, setup.shards, setup.concurrency))
    }

    #[tokio::test(start_paused = true)]
    async fn the_contract_of_batch_processors_is_kept() {
        check_batch_processor(start).await;
    }
}
