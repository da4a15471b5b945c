use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until},
};

use super::{
    Chunk,
    account::{Account, DeliveredObject},
    lambda_processor::{Attempted, LambdaProcessor},
    retrying_invoker::Processed,
};
use crate::{
    delivery_stream::{RecordOutcome, StreamRecord},
    destination::{ObjectDestination, ObjectSummary, PositionRanges},
    now::now,
    object_writer::UploadResult,
    observer::{DeliveryEvent, DeliveryObserver},
    store::StoreErrorKind,
};

/// A delivery stream at work: takes records, sends them through the function if there is one,
/// and delivers what comes of them.
#[derive(Debug)]
pub struct Lane {
    name: String,
    lambda: Option<LambdaProcessor>,
    objects: ObjectDestination,
    account: Arc<Mutex<Account>>,
    /// Told when the store fails, so that no more input is read.
    stop: watch::Sender<bool>,
    observer: Arc<dyn DeliveryObserver>,
    /// The store has failed: from here on, records are only counted.
    is_broken: bool,
}

impl Lane {
    pub fn new(
        name: &str,
        lambda: Option<LambdaProcessor>,
        objects: ObjectDestination,
        stop: watch::Sender<bool>,
        observer: Arc<dyn DeliveryObserver>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            lambda,
            objects,
            account: Arc::default(),
            stop,
            observer,
            is_broken: false,
        }
    }

    /// Its delivery stream.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Works until there are no more chunks and everything is delivered, or cannot be.
    pub async fn run(mut self, mut chunks: mpsc::Receiver<Chunk>) {
        let mut is_open = true;
        while is_open || !self.is_idle() {
            if !is_open {
                self.close();
            }
            let deadline = self.deadline();
            let has_room = self.has_room();
            let has_running = self.lambda.as_ref().is_some_and(LambdaProcessor::is_running);
            tokio::select! {
                Some(processed) = next_processed(&mut self.lambda), if has_running => {
                    self.take(processed);
                }
                Some(put) = self.objects.next_upload() => self.count(put),
                chunk = chunks.recv(), if is_open && has_room => match chunk {
                    Some(chunk) => self.receive(&chunk),
                    None => is_open = false,
                },
                () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {
                    self.flush_due();
                }
            }
            if let Some(stage) = &mut self.lambda {
                stage.start();
            }
        }
        self.observer.observe(&DeliveryEvent::StreamEnded { stream: &self.name });
    }

    fn receive(&mut self, chunk: &Chunk) {
        if self.is_broken {
            return self.lose(chunk.iter().map(|record| record.position));
        }
        for record in chunk.iter() {
            match &mut self.lambda {
                Some(stage) => stage.push(record),
                None => self.deliver(record, &record.data, &BTreeMap::new(), 0),
            }
        }
    }

    fn take(&mut self, processed: Attempted) {
        let processed = match processed {
            Ok(processed) => processed,
            Err(records) => return self.lose(records.iter().map(|record| record.position)),
        };
        let batch = processed.summary();
        self.account().add_batch(&batch);
        if let Some(stage) = &self.lambda {
            let (stream, function) = (self.name.as_str(), stage.function());
            self.observer.observe(&DeliveryEvent::BatchProcessed { stream, function, batch });
        }
        let Processed { records, answers, attempts, .. } = &processed;
        let outcomes = &answers.outcomes;
        if self.is_broken {
            let left = records.iter().zip(outcomes);
            let left = left.filter(|(_, outcome)| **outcome != RecordOutcome::Dropped);
            return self.lose(left.map(|(record, _)| record.position));
        }
        for (record, outcome) in records.iter().zip(outcomes) {
            match outcome {
                RecordOutcome::Ok { data, partition_keys } => {
                    self.deliver(record, data, partition_keys, *attempts);
                }
                RecordOutcome::Dropped => {}
                RecordOutcome::Failed(failure) => {
                    self.objects.fail(record, *failure, *attempts, processed.ended);
                }
            }
        }
    }

    fn deliver(
        &mut self,
        record: &StreamRecord,
        data: &[u8],
        partition_keys: &BTreeMap<String, String>,
        attempts: u32,
    ) {
        if let Err(failure) = self.objects.deliver(record, data, partition_keys) {
            self.objects.fail(record, failure, attempts.max(1), now());
        }
    }

    fn count(&mut self, put: UploadResult<ObjectSummary>) {
        let UploadResult { key, bytes, what: ObjectSummary { positions, failed }, result } = put;
        let records = positions.records();
        match result {
            Ok(()) => {
                let object = DeliveredObject { key, records, bytes };
                let event = DeliveryEvent::ObjectDelivered {
                    stream: &self.name,
                    object: &object,
                    failed: &failed,
                };
                self.observer.observe(&event);
                let mut account = self.account();
                account.add_object(object);
                if failed.is_empty() {
                    account.delivered += records;
                } else {
                    account.add_failed(failed);
                }
            }
            Err(error) => {
                if let Some(error) = &error {
                    let stream = &self.name;
                    self.observer.observe(&DeliveryEvent::UploadFailed { stream, records, error });
                }
                self.not_delivered(positions);
                // What is wrong with one key alone is nothing to the next.
                if error.is_none_or(|error| error.kind() != StoreErrorKind::BadKey) {
                    self.give_up();
                }
            }
        }
    }

    /// The store has failed: what is here will not be delivered, and no more is to be read.
    fn give_up(&mut self) {
        self.is_broken = true;
        self.stop.send_replace(true);
        let buffered = self.objects.give_up();
        self.not_delivered(buffered);
        if let Some(stage) = &mut self.lambda {
            let waiting: Vec<_> = stage.give_up().map(|record| record.position).collect();
            self.lose(waiting);
        }
    }

    fn lose(&self, positions: impl IntoIterator<Item = u64>) {
        let mut lost = PositionRanges::default();
        positions.into_iter().for_each(|position| lost.push(position));
        self.not_delivered(lost);
    }

    fn not_delivered(&self, positions: PositionRanges) {
        let records = positions.records();
        if records > 0 {
            let event = DeliveryEvent::RecordsNotDelivered { stream: &self.name, records };
            self.observer.observe(&event);
        }
        self.account().undelivered.merge(positions);
    }

    /// Nothing more will come: nothing has to wait.
    fn close(&mut self) {
        if let Some(stage) = &mut self.lambda {
            stage.close(None);
            stage.start();
            if !stage.is_idle() {
                return;
            }
        }
        self.objects.seal_all();
    }

    fn flush_due(&mut self) {
        let now = Instant::now();
        if let Some(stage) = &mut self.lambda {
            stage.close(Some(now));
        }
        self.objects.seal_due(now);
    }

    fn deadline(&self) -> Option<Instant> {
        let stage = self.lambda.as_ref().and_then(LambdaProcessor::deadline);
        [stage, self.objects.deadline()].into_iter().flatten().min()
    }

    fn has_room(&self) -> bool {
        self.objects.has_room() && self.lambda.as_ref().is_none_or(LambdaProcessor::has_room)
    }

    fn is_idle(&self) -> bool {
        self.objects.is_empty() && self.lambda.as_ref().is_none_or(LambdaProcessor::is_idle)
    }

    /// The account, for whoever asks how far it is.
    pub fn shared_account(&self) -> Arc<Mutex<Account>> {
        Arc::clone(&self.account)
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn next_processed(stage: &mut Option<LambdaProcessor>) -> Option<Attempted> {
    stage.as_mut()?.next().await
}
