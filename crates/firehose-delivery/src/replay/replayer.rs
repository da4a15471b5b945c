use std::{
    borrow::Borrow,
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};

use super::{
    error_line_reader::{ErrorLineReader, ReadLines},
    error_objects::ErrorObjects,
    failed_record::FailedRecord,
    recovered_objects::{FailedRecords, RecoveredObjects},
    remaining::Remaining,
    stats::ReplayStats,
};
use crate::{
    delivery::DeliveredObject,
    delivery_stream::{DeliveryFailure, RecordOutcome},
    objects::UploadResult,
    observer::{DeliveryEvent, DeliveryObserver},
    processors::{ProcessedBatch, RetryingInvoker},
    store::StoreErrorKind,
};

/// Sends failed records through the function once more.
#[derive(Debug)]
pub struct Replayer {
    pub invocations: Arc<RetryingInvoker>,
    pub concurrency: usize,
    /// Where output goes; without, it goes nowhere.
    pub recovered: Option<RecoveredObjects>,
    pub rest: Option<Remaining>,
    pub account: Arc<Mutex<ReplayStats>>,
    /// Told when the store fails, so that no more input is read.
    pub stop: watch::Sender<bool>,
    pub observer: Arc<dyn DeliveryObserver>,
}

/// A batch that the function has answered, or that has failed.
type Answered = (Vec<FailedRecord>, ProcessedBatch);

impl Replayer {
    /// Replays what there is to read, until its end or until it is stopped; what was read by then
    /// is replayed in any case.
    pub async fn run(mut self, objects: ErrorObjects) {
        let start = Instant::now();
        let keep_lines = self.rest.as_ref().is_some_and(Remaining::takes_lines);
        let account = Arc::clone(&self.account);
        let reader = ErrorLineReader::new(objects, keep_lines, account, Arc::clone(&self.observer));
        let (to, mut from) = mpsc::channel(1);
        let reading = tokio::spawn(reader.run(self.stop.subscribe(), to));
        let mut running: JoinSet<Answered> = JoinSet::new();
        let mut is_at_end = false;
        loop {
            let takes_more = !is_at_end
                && running.len() < self.concurrency
                && self.recovered.as_ref().is_none_or(RecoveredObjects::has_room);
            tokio::select! {
                biased;
                Some(answered) = running.join_next() => {
                    // A batch whose task panicked stays among those that were not replayed.
                    if let Ok(answered) = answered {
                        self.take(answered).await;
                    }
                }
                Some(put) = next_upload(&mut self.recovered) => self.stored(put),
                read = from.recv(), if takes_more => match read {
                    Some(ReadLines::Batch(batch)) if self.has_given_up() => self.set_aside(&batch),
                    Some(ReadLines::Batch(batch)) => {
                        let invocations = Arc::clone(&self.invocations);
                        running.spawn(async move {
                            let records = batch.iter().map(|it| Arc::clone(&it.record)).collect();
                            let processed = invocations.process(records).await;
                            (batch, processed)
                        });
                    }
                    Some(ReadLines::Unreadable(line)) => {
                        self.write_rest(|rest| rest.push_unreadable(&line));
                    }
                    None => is_at_end = true,
                },
                else => break,
            }
        }
        if let Some(recovered) = &mut self.recovered {
            recovered.flush();
        }
        while let Some(put) = next_upload(&mut self.recovered).await {
            self.stored(put);
        }
        drop(from);
        let _ = reading.await;
        match self.rest.take().map(Remaining::finish) {
            Some(Ok(counts)) => self.account().rest = Some(counts),
            Some(Err(error)) => self.rest_failed(&error),
            None => {}
        }
        self.account().elapsed = start.elapsed();
    }

    async fn take(&mut self, (originals, processed): Answered) {
        let batch = processed.summary();
        self.account().add_batch(&batch);
        self.observer.observe(&DeliveryEvent::BatchProcessed {
            stream: &self.invocations.stream,
            function: &self.invocations.lambda.function,
            batch,
        });
        for (original, outcome) in originals.into_iter().zip(processed.answers.outcomes) {
            self.make_room().await;
            match outcome {
                RecordOutcome::Ok { .. } if self.has_given_up() => self.set_aside(&[original]),
                RecordOutcome::Ok { data, partition_keys } => {
                    let Some(recovered) = &mut self.recovered else {
                        self.account().tally(&original.before).recovered += 1;
                        continue;
                    };
                    if let Err((original, failure)) =
                        recovered.add(original, &data, &partition_keys)
                    {
                        self.fail(&original, failure);
                    }
                }
                RecordOutcome::Dropped => self.account().tally(&original.before).dropped += 1,
                RecordOutcome::Failed(failure) => self.fail(&original, failure),
            }
        }
    }

    /// Waits until there is room for another object: a batch may fill as many as it has records.
    async fn make_room(&mut self) {
        while self.recovered.as_ref().is_some_and(|recovered| !recovered.has_room()) {
            let Some(put) = next_upload(&mut self.recovered).await else { return };
            self.stored(put);
        }
    }

    fn fail(&mut self, original: &FailedRecord, failure: DeliveryFailure) {
        {
            let mut account = self.account();
            account.tally(&original.before).failing += 1;
            *account.failing.entry(failure.error_code()).or_default() += 1;
        }
        self.set_aside(&[original]);
    }

    /// Puts records into the rest, and counts them as nothing else.
    fn set_aside(&mut self, originals: &[impl Borrow<FailedRecord>]) {
        for original in originals {
            self.write_rest(|rest| rest.push(original.borrow()));
        }
    }

    fn stored(&mut self, put: UploadResult<FailedRecords>) {
        let UploadResult { key, bytes, contents, result } = put;
        let originals = contents.records;
        match result {
            Ok(()) => {
                let object = DeliveredObject { key, records: originals.len() as u64, bytes };
                self.observer.observe(&DeliveryEvent::ObjectDelivered {
                    stream: &self.invocations.stream,
                    object: &object,
                    failed: &BTreeMap::new(),
                });
                let mut account = self.account();
                account.add_object(object);
                for original in &originals {
                    account.tally(&original.before).recovered += 1;
                }
            }
            Err(error) => {
                self.set_aside(&originals);
                let Some(error) = error else { return };
                let event = DeliveryEvent::RecoveryFailed {
                    records: originals.len() as u64,
                    error: &error,
                };
                self.observer.observe(&event);
                self.account().store_failed = true;
                // Of a key that a store cannot have, the next object knows nothing.
                if error.kind() != StoreErrorKind::BadKey && !self.has_given_up() {
                    self.stop.send_replace(true);
                    let left = self.recovered.as_mut().map(RecoveredObjects::give_up);
                    self.set_aside(&left.unwrap_or_default());
                }
            }
        }
    }

    fn write_rest(&mut self, write: impl FnOnce(&mut Remaining) -> io::Result<()>) {
        let Some(rest) = &mut self.rest else { return };
        if let Err(error) = write(rest) {
            self.rest_failed(&error);
        }
    }

    /// Nothing more is read: what would be found to fail would be lost sight of.
    fn rest_failed(&mut self, error: &io::Error) {
        self.observer.observe(&DeliveryEvent::RemainingFailed { error });
        self.account().rest_failed = true;
        self.rest = None;
        self.stop.send_replace(true);
    }

    /// The store has failed: from here on, nothing is invoked.
    fn has_given_up(&self) -> bool {
        self.recovered.as_ref().is_some_and(RecoveredObjects::has_given_up)
    }

    fn account(&self) -> MutexGuard<'_, ReplayStats> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn next_upload(
    recovered: &mut Option<RecoveredObjects>,
) -> Option<UploadResult<FailedRecords>> {
    recovered.as_mut()?.next_upload().await
}
