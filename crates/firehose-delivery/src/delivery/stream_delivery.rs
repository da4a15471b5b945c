use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until},
};

use super::{
    chunk::Chunk,
    delivery_stats::DeliveryStats,
    lambda_processor::{Attempted, LambdaProcessor},
    retrying_invoker::Processed,
};
use crate::{
    delivery_stream::{RecordOutcome, StreamRecord},
    destinations::{
        DeliveryOutcome, Destination, ObjectDestination, OutputRecord, PositionRanges,
        RecordFailure,
    },
    observer::{DeliveryEvent, DeliveryObserver},
    store::StoreErrorKind,
};

/// A delivery stream at work: receives records, sends them through the function if there is one,
/// and delivers the results.
#[derive(Debug)]
pub struct StreamDelivery {
    name: String,
    lambda: Option<LambdaProcessor>,
    destination: Box<dyn Destination>,
    stats: Arc<Mutex<DeliveryStats>>,
    /// Set when the store fails, so that no more input is read.
    stop: watch::Sender<bool>,
    observer: Arc<dyn DeliveryObserver>,
    /// `true` once the store has failed. From then on, records are only counted.
    is_broken: bool,
}

impl StreamDelivery {
    /// Returns a delivery stream that has received nothing.
    pub fn new(
        name: &str,
        lambda: Option<LambdaProcessor>,
        destination: ObjectDestination,
        stop: watch::Sender<bool>,
        observer: Arc<dyn DeliveryObserver>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            lambda,
            destination: Box::new(destination),
            stats: Arc::default(),
            stop,
            observer,
            is_broken: false,
        }
    }

    /// Returns the name of the delivery stream.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Works until no more chunks follow and every record is delivered or counted as not delivered.
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
                Some(outcome) = self.destination.next_outcome() => self.count(outcome),
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
        if let Some(stage) = &mut self.lambda {
            chunk.iter().for_each(|record| stage.push(record));
            return;
        }
        let partition_keys = &BTreeMap::new();
        let output = |record| {
            let record: &StreamRecord = record;
            OutputRecord { record, data: &record.data, partition_keys, attempts: 0 }
        };
        let outputs: Vec<_> = chunk.iter().map(|record| output(record)).collect();
        self.destination.deliver(&outputs);
    }

    fn take(&mut self, processed: Attempted) {
        let processed = match processed {
            Ok(processed) => processed,
            Err(records) => return self.lose(records.iter().map(|record| record.position)),
        };
        let batch = processed.summary();
        self.stats().add_batch(&batch);
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
        let (attempts, ended) = (*attempts, processed.ended);
        let (mut outputs, mut failures) = (Vec::with_capacity(records.len()), Vec::new());
        for (record, outcome) in records.iter().zip(outcomes) {
            match outcome {
                RecordOutcome::Ok { data, partition_keys } => {
                    outputs.push(OutputRecord { record, data, partition_keys, attempts });
                }
                RecordOutcome::Dropped => {}
                RecordOutcome::Failed(failure) => {
                    failures.push(RecordFailure { record, failure: *failure, attempts, ended });
                }
            }
        }
        self.destination.deliver(&outputs);
        self.destination.fail(&failures);
    }

    fn count(&mut self, outcome: DeliveryOutcome) {
        match outcome {
            DeliveryOutcome::Stored { object, failed } => {
                let event = DeliveryEvent::ObjectDelivered {
                    stream: &self.name,
                    object: &object,
                    failed: &failed,
                };
                self.observer.observe(&event);
                let mut stats = self.stats();
                if failed.is_empty() {
                    stats.delivered += object.records;
                } else {
                    stats.add_failed(failed);
                }
                stats.add_object(object);
            }
            DeliveryOutcome::NotDelivered { positions, error } => {
                let records = positions.records();
                if let Some(error) = &error {
                    let stream = &self.name;
                    self.observer.observe(&DeliveryEvent::UploadFailed { stream, records, error });
                }
                self.not_delivered(positions);
                // A key that the store cannot have says nothing about the next key.
                if error.is_none_or(|error| error.kind() != StoreErrorKind::BadKey) {
                    self.give_up();
                }
            }
        }
    }

    /// Counts all records here as not delivered, and stops the reading: the store has failed.
    fn give_up(&mut self) {
        self.is_broken = true;
        self.stop.send_replace(true);
        let buffered = self.destination.give_up();
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
        self.stats().undelivered.merge(positions);
    }

    /// Closes all batches and objects, because no more records follow.
    fn close(&mut self) {
        if let Some(stage) = &mut self.lambda {
            stage.close(None);
            stage.start();
            if !stage.is_idle() {
                return;
            }
        }
        self.destination.flush(None);
    }

    fn flush_due(&mut self) {
        let now = Instant::now();
        if let Some(stage) = &mut self.lambda {
            stage.close(Some(now));
        }
        self.destination.flush(Some(now));
    }

    fn deadline(&self) -> Option<Instant> {
        let stage = self.lambda.as_ref().and_then(LambdaProcessor::deadline);
        [stage, self.destination.deadline()].into_iter().flatten().min()
    }

    fn has_room(&self) -> bool {
        self.destination.has_room() && self.lambda.as_ref().is_none_or(LambdaProcessor::has_room)
    }

    fn is_idle(&self) -> bool {
        self.destination.is_empty() && self.lambda.as_ref().is_none_or(LambdaProcessor::is_idle)
    }

    /// Returns the counts, which outlive the delivery stream.
    pub fn shared_stats(&self) -> Arc<Mutex<DeliveryStats>> {
        Arc::clone(&self.stats)
    }

    fn stats(&self) -> MutexGuard<'_, DeliveryStats> {
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn next_processed(stage: &mut Option<LambdaProcessor>) -> Option<Attempted> {
    stage.as_mut()?.next().await
}
