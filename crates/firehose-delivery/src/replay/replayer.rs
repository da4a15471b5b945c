use std::{
    borrow::Borrow,
    collections::{BTreeMap, HashMap},
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use firehose_runtime::contract::IcebergAnswer;
use tokio::{
    sync::{mpsc, watch},
    task::{Id, JoinError, JoinSet},
};

use super::{
    error_line_reader::{ErrorLineReader, ReadLines},
    error_objects::ErrorObjects,
    failed_record::FailedRecord,
    raw_data::RawData,
    recovered_objects::{FailedRecords, RecoveredObjects},
    remaining::Remaining,
    replay_source::ReplaySource,
    replay_stages::ReplayStages,
    replay_stats::ReplayStats,
};
use crate::{
    delivery_stream::{DeliveryFailure, DestinationFailure, PartitionKeys, RecordOutcome},
    objects::{DeliveredObject, UploadResult},
    observer::{DeliveryEvent, DeliveryObserver},
    processors::{Payload, ProcessedBatch, RetryingInvoker},
    store::StoreErrorKind,
};

/// A replay at work, which sends failed records through the function again.
#[derive(Debug)]
pub(super) struct Replayer {
    pub(super) invoker: Arc<RetryingInvoker>,
    /// The number of invocations that run at a time.
    pub(super) concurrency: usize,
    /// The objects that take the outputs; `None` for a trial.
    pub(super) recovered: Option<RecoveredObjects>,
    /// The file that takes the records that are neither recovered nor dropped.
    pub(super) remaining: Option<Remaining>,
    /// The processors before and after the function.
    pub(super) stages: Arc<ReplayStages>,
    /// `true` after the warning about outputs without an Iceberg table.
    pub(super) has_warned: bool,
    /// The content to assume for `rawData` in lines that do not determine this content.
    pub(super) raw_data: Option<RawData>,
    pub(super) stats: Arc<Mutex<ReplayStats>>,
    /// Set if the store fails, so that the reading stops.
    pub(super) stop: watch::Sender<bool>,
    pub(super) observer: Arc<dyn DeliveryObserver>,
}

impl Replayer {
    /// Replays the lines of error objects until their end, or until the reading is stopped. Lines
    /// that were read by then are replayed in any case.
    pub(super) async fn run(mut self, objects: ErrorObjects, source: ReplaySource) {
        let start = Instant::now();
        let keep_lines = self.remaining.as_ref().is_some_and(Remaining::takes_lines);
        let reader = ErrorLineReader::new(
            objects,
            keep_lines,
            self.raw_data,
            source,
            Arc::clone(&self.stages),
            Arc::clone(&self.stats),
            Arc::clone(&self.observer),
        );
        let (sender, mut lines) = mpsc::channel(1);
        let reading = tokio::spawn(reader.run(self.stop.subscribe(), sender));
        let mut running: JoinSet<ProcessedBatch> = JoinSet::new();
        // Owned here, so that a task that panics loses no record.
        let mut batches: HashMap<Id, Vec<FailedRecord>> = HashMap::new();
        let mut is_at_end = false;
        loop {
            let has_room = !is_at_end
                && running.len() < self.concurrency
                && self.recovered.as_ref().is_none_or(RecoveredObjects::has_room);
            tokio::select! {
                biased;
                Some(ended) = running.join_next_with_id() => {
                    let id = ended.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
                    let batch = batches.remove(&id).unwrap_or_default();
                    match ended {
                        Ok((_, processed)) => self.take(batch, processed).await,
                        // The panic hook has reported the panic of the task.
                        Err(_) => self.keep(&batch),
                    }
                }
                Some(upload) = next_upload(&mut self.recovered) => self.uploaded(upload),
                read = lines.recv(), if has_room => match read {
                    Some(ReadLines::Batch(batch)) if self.has_given_up() => self.keep(&batch),
                    Some(ReadLines::Batch(batch)) => {
                        let invoker = Arc::clone(&self.invoker);
                        let records = batch.iter().map(|it| Arc::clone(&it.record)).collect();
                        let task = running.spawn(async move { invoker.process(records).await });
                        batches.insert(task.id(), batch);
                    }
                    Some(ReadLines::Output(record)) => self.deliver_unchanged(record),
                    Some(ReadLines::Rejected(record, failure)) => self.fail(&record, failure),
                    Some(ReadLines::Line(line)) => {
                        self.write_remaining(|file| file.push_line(&line));
                    }
                    None => is_at_end = true,
                },
                else => break,
            }
        }
        if let Some(recovered) = &mut self.recovered {
            recovered.flush();
        }
        while let Some(upload) = next_upload(&mut self.recovered).await {
            self.uploaded(upload);
        }
        drop(lines);
        let _ = reading.await;
        match self.remaining.take().map(Remaining::finish) {
            Some(Ok(counts)) => self.stats().remaining = Some(counts),
            Some(Err(error)) => self.remaining_failed(&error),
            None => {}
        }
        self.stats().elapsed = start.elapsed();
    }

    async fn take(&mut self, records: Vec<FailedRecord>, processed: ProcessedBatch) {
        let batch = processed.summary();
        self.stats().invocations.add(&batch);
        self.observer.observe(&DeliveryEvent::BatchProcessed {
            stream: &self.invoker.stream,
            function: &self.invoker.lambda.function,
            batch,
        });
        for (record, outcome) in records.into_iter().zip(processed.answers.outcomes) {
            self.make_room().await;
            match outcome {
                RecordOutcome::Ok { .. } if self.has_given_up() => self.keep(&[record]),
                RecordOutcome::Ok { data, partition_keys, iceberg } => {
                    let mut payload = Payload::new(record.record.data.clone());
                    payload.data = data;
                    let earlier = record.record.partition_keys();
                    payload.lambda_keys = earlier.from_lambda.clone();
                    payload.lambda_keys.extend(partition_keys);
                    payload.query_keys = earlier.from_query.clone();
                    self.deliver(record, payload, &iceberg);
                }
                RecordOutcome::Dropped => self.stats().counts(&record.error_code).dropped += 1,
                RecordOutcome::Failed(failure) => self.fail(&record, failure),
            }
        }
    }

    /// Delivers the data of a record that failed after the function.
    fn deliver_unchanged(&mut self, record: FailedRecord) {
        if self.has_given_up() {
            return self.keep(&[record]);
        }
        if self.stages.lose_tables() {
            self.warn_lost_table();
            return self.fail(&record, DestinationFailure::InvalidIcebergTable.into());
        }
        let payload = Payload::new(record.record.data.clone());
        self.deliver(record, payload, &IcebergAnswer::Missing);
    }

    /// Sends an output through the processors after the function, and adds it to its object.
    fn deliver(&mut self, record: FailedRecord, payload: Payload, iceberg: &IcebergAnswer) {
        let payload = match self.stages.finish(&record.record, payload) {
            Ok(payload) => payload,
            Err(failure) => return self.fail(&record, failure),
        };
        let Some(recovered) = &mut self.recovered else {
            let mut stats = self.stats();
            stats.unchanged += u64::from(record.is_output);
            stats.counts(&record.error_code).recovered += 1;
            return;
        };
        warn_of_doubled(recovered, &payload.data, &*self.observer);
        let keys =
            PartitionKeys { from_lambda: &payload.lambda_keys, from_query: &payload.query_keys };
        if let Err((record, failure)) = recovered.add(record, &payload.data, keys, iceberg) {
            self.fail(&record, failure);
        }
    }

    /// Warns once of outputs whose Iceberg table is unknown.
    fn warn_lost_table(&mut self) {
        if std::mem::replace(&mut self.has_warned, true) {
            return;
        }
        let message = "an output of the function has no Iceberg table: an error line does not hold the \
                       table that the function named; such records remain";
        self.observer.observe(&DeliveryEvent::Warning { message });
    }

    /// Waits until another object may be uploaded. The caller waits before each record of a batch,
    /// because each record may complete an object.
    async fn make_room(&mut self) {
        while self.recovered.as_ref().is_some_and(|recovered| !recovered.has_room()) {
            let Some(upload) = next_upload(&mut self.recovered).await else { return };
            self.uploaded(upload);
        }
    }

    fn fail(&mut self, record: &FailedRecord, failure: DeliveryFailure) {
        {
            let mut stats = self.stats();
            stats.counts(&record.error_code).failing += 1;
            *stats.failing.entry(failure.error_code()).or_default() += 1;
        }
        self.keep(&[record]);
    }

    /// Writes records to the file of remaining records. The caller counts the records.
    fn keep(&mut self, records: &[impl Borrow<FailedRecord>]) {
        for record in records {
            self.write_remaining(|file| file.push(record.borrow()));
        }
    }

    fn uploaded(&mut self, upload: UploadResult<FailedRecords>) {
        let UploadResult { key, bytes, contents: FailedRecords { records, .. }, result } = upload;
        match result {
            Ok(()) => {
                let object = DeliveredObject { key, records: records.len() as u64, bytes };
                self.observer.observe(&DeliveryEvent::ObjectDelivered {
                    stream: &self.invoker.stream,
                    object: &object,
                    failed: &BTreeMap::new(),
                });
                let mut stats = self.stats();
                stats.objects.add(object);
                for record in &records {
                    stats.unchanged += u64::from(record.is_output);
                    stats.counts(&record.error_code).recovered += 1;
                }
            }
            Err(error) => {
                self.keep(&records);
                let Some(error) = error else { return };
                let event =
                    DeliveryEvent::RecoveryFailed { records: records.len() as u64, error: &error };
                self.observer.observe(&event);
                // A store that rejects one key may accept the next key.
                if error.kind() == StoreErrorKind::BadKey {
                    return;
                }
                self.stats().store_failed = true;
                if !self.has_given_up() {
                    self.stop.send_replace(true);
                    let records = self.recovered.as_mut().map(RecoveredObjects::give_up);
                    self.keep(&records.unwrap_or_default());
                }
            }
        }
    }

    fn write_remaining(&mut self, write: impl FnOnce(&mut Remaining) -> io::Result<()>) {
        let Some(file) = &mut self.remaining else { return };
        if let Err(error) = write(file) {
            self.remaining_failed(&error);
        }
    }

    /// Reports the error and stops the reading, because the file can take no more records.
    fn remaining_failed(&mut self, error: &io::Error) {
        self.observer.observe(&DeliveryEvent::RemainingFailed { error });
        self.stats().remaining_failed = true;
        self.remaining = None;
        self.stop.send_replace(true);
    }

    /// Returns `true` if the store has failed. The function then receives no more batches.
    fn has_given_up(&self) -> bool {
        self.recovered.as_ref().is_some_and(RecoveredObjects::has_given_up)
    }

    fn stats(&self) -> MutexGuard<'_, ReplayStats> {
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Warns once of an output that ends in a newline before a delimiter.
fn warn_of_doubled(recovered: &mut RecoveredObjects, data: &[u8], observer: &dyn DeliveryObserver) {
    if recovered.is_first_doubled(data) {
        let message = "an output ends in a newline, and the delimiter adds another one; the objects \
                       have empty lines";
        observer.observe(&DeliveryEvent::Warning { message });
    }
}

async fn next_upload(
    recovered: &mut Option<RecoveredObjects>,
) -> Option<UploadResult<FailedRecords>> {
    recovered.as_mut()?.next_upload().await
}
