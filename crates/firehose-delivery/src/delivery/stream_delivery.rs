use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until},
};

use super::{
    chunk::Chunk, delimiter_check::DelimiterCheck, delivery_stats::DeliveryStats,
    wanted_positions::WantedPositions,
};
use crate::{
    delivery_stream::{DestinationKind, RecordOutcome, StreamRecord},
    destinations::{DeliveryOutcome, Destination, OutputRecord, PositionSet, RecordFailure},
    now::now,
    observer::{DeliveryEvent, DeliveryObserver},
    processors::{BatchProcessor, BatchResult, Payload, ProcessedBatch, RecordChain},
    store::StoreErrorKind,
};

/// A delivery stream at work: receives records, sends them through its processors, and delivers the
/// results.
#[derive(Debug)]
pub(crate) struct StreamDelivery {
    name: String,
    /// The processors of single records before the batch processor.
    before: RecordChain,
    /// The batch processor, if the delivery stream has one.
    batches: Option<Box<dyn BatchProcessor>>,
    /// The processors of single records after the batch processor.
    after: RecordChain,
    destination: Box<dyn Destination>,
    /// The kind of the destination in delivery events.
    kind: DestinationKind,
    stats: Arc<Mutex<DeliveryStats>>,
    /// The positions of the records that the delivery stream is to receive.
    wanted: Arc<WantedPositions>,
    /// Set when the store fails, so that no more input is read.
    stop: watch::Sender<bool>,
    observer: Arc<dyn DeliveryObserver>,
    delimiters: DelimiterCheck,
    /// `true` once the store has failed. From then on, records only count as not delivered.
    is_broken: bool,
}

impl StreamDelivery {
    /// Returns a delivery stream that has received nothing.
    pub(crate) fn new(
        name: &str,
        batches: Option<Box<dyn BatchProcessor>>,
        destination: Box<dyn Destination>,
        stop: watch::Sender<bool>,
        observer: Arc<dyn DeliveryObserver>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            before: RecordChain::default(),
            batches,
            after: RecordChain::default(),
            destination,
            kind: DestinationKind::S3,
            stats: Arc::default(),
            wanted: Arc::new(WantedPositions::all()),
            stop,
            observer,
            delimiters: DelimiterCheck::default(),
            is_broken: false,
        }
    }

    /// Enables or disables a check for a delivery stream that adds newlines itself: the first
    /// output that ends in a newline causes a warning. Default: disabled.
    #[must_use]
    pub(crate) fn with_delimiter_check(self, checks_delimiters: bool) -> Self {
        Self { delimiters: DelimiterCheck::new(checks_delimiters), ..self }
    }

    /// Sets the kind of the destination in delivery events. Default: S3.
    #[must_use]
    pub(crate) fn with_kind(self, kind: DestinationKind) -> Self {
        Self { kind, ..self }
    }

    /// Adds processors of single records before and after the batch processor.
    #[must_use]
    pub(crate) fn with_record_processors(self, before: RecordChain, after: RecordChain) -> Self {
        Self { before, after, ..self }
    }

    /// Sets the positions of the records that the delivery stream is to receive. Default: all.
    #[must_use]
    pub(crate) fn with_wanted(self, wanted: WantedPositions) -> Self {
        Self { wanted: Arc::new(wanted), ..self }
    }

    /// Returns the positions of the records that the delivery stream is to receive.
    pub(crate) fn wanted(&self) -> Arc<WantedPositions> {
        Arc::clone(&self.wanted)
    }

    /// Returns the name of the delivery stream.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Works until no more chunks follow and every record has its outcome.
    pub(crate) async fn run(mut self, mut chunks: mpsc::Receiver<Chunk>) {
        let mut is_open = true;
        while is_open || !self.is_idle() {
            if !is_open {
                self.close();
            }
            let deadline = self.deadline();
            let has_room = self.has_room();
            tokio::select! {
                Some(batch) = next_batch(&mut self.batches) => self.take(batch),
                Some(outcome) = self.destination.next_outcome() => self.count(outcome),
                chunk = chunks.recv(), if is_open && has_room => match chunk {
                    Some(chunk) => self.receive(&chunk),
                    None => is_open = false,
                },
                () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {
                    self.flush_due();
                }
            }
        }
        self.observer.observe(&DeliveryEvent::StreamEnded { stream: &self.name });
    }

    fn receive(&mut self, chunk: &Chunk) {
        let is_shared = |records: &&[Arc<StreamRecord>]| records[0].position == records[1].position;
        let shared: Vec<_> = chunk.windows(2).filter(is_shared).collect();
        if !shared.is_empty() {
            let mut stats = self.stats();
            shared.iter().for_each(|records| stats.shared.insert(records[0].position));
        }
        if self.is_broken {
            return self.lose(chunk.iter().map(|record| record.position));
        }
        if self.before.is_empty() {
            return self.accept(chunk);
        }
        let (mut records, mut failures) = (Vec::with_capacity(chunk.len()), Vec::new());
        let (mut added, mut dropped) = (0, 0);
        for record in chunk.iter() {
            match self.before.replace(record) {
                Ok(replacements) => {
                    if replacements.len() > 1 {
                        self.stats().shared.insert(record.position);
                    }
                    added += (replacements.len() as u64).saturating_sub(1);
                    dropped += u64::from(replacements.is_empty());
                    records.extend(replacements);
                }
                Err(failure) => {
                    failures.push(RecordFailure { record, failure, attempts: 1, ended: now() });
                }
            }
        }
        self.count_changes(added, dropped);
        self.destination.fail(&failures);
        self.accept(&records);
    }

    /// Passes records to the batch processor, or delivers them if there is no batch processor.
    fn accept(&mut self, records: &[Arc<StreamRecord>]) {
        if let Some(batches) = &mut self.batches {
            return batches.push(records);
        }
        let partition_keys = &BTreeMap::new();
        let output = |record| {
            let record: &StreamRecord = record;
            OutputRecord { record, data: &record.data, partition_keys, iceberg: None, attempts: 0 }
        };
        let outputs: Vec<_> = records.iter().map(|record| output(record)).collect();
        self.deliver(&outputs);
    }

    /// Sends outputs through the processors after the batch processor, and delivers the results.
    fn deliver(&mut self, outputs: &[OutputRecord<'_>]) {
        if let Some(message) = self.delimiters.check(&self.name, outputs) {
            self.observer.observe(&DeliveryEvent::Warning { message: &message });
        }
        if self.after.is_empty() {
            return self.destination.deliver(outputs);
        }
        let (mut passed, mut failures) = (Vec::with_capacity(outputs.len()), Vec::new());
        let (mut added, mut dropped) = (0, 0);
        for output in outputs {
            let data = Bytes::copy_from_slice(output.data);
            let payload = Payload { data, partition_keys: output.partition_keys.clone() };
            match self.after.process(output.record, payload) {
                Ok(payloads) => {
                    if payloads.len() > 1 {
                        self.stats().shared.insert(output.record.position);
                    }
                    added += (payloads.len() as u64).saturating_sub(1);
                    dropped += u64::from(payloads.is_empty());
                    passed.extend(payloads.into_iter().map(|payload| (output, payload)));
                }
                Err(failure) => {
                    let (record, attempts) = (output.record, output.attempts.max(1));
                    failures.push(RecordFailure { record, failure, attempts, ended: now() });
                }
            }
        }
        self.count_changes(added, dropped);
        let passed: Vec<_> = passed
            .iter()
            .map(|(output, payload)| OutputRecord {
                data: &payload.data,
                partition_keys: &payload.partition_keys,
                ..**output
            })
            .collect();
        self.destination.deliver(&passed);
        self.destination.fail(&failures);
    }

    /// Counts the records that processors of single records added or dropped.
    fn count_changes(&self, added: u64, dropped: u64) {
        if added + dropped == 0 {
            return;
        }
        {
            let mut stats = self.stats();
            stats.received += added;
            stats.dropped += dropped;
        }
        let stream = &self.name;
        self.observer.observe(&DeliveryEvent::RecordsProcessed { stream, added, dropped });
    }

    fn take(&mut self, batch: BatchResult) {
        let processed = match batch {
            Ok(processed) => processed,
            Err(records) => return self.lose(records.iter().map(|record| record.position)),
        };
        let batch = processed.summary();
        let mut stats = self.stats();
        stats.invocations.add(&batch);
        stats.dropped += batch.dropped;
        for (record, outcome) in processed.records.iter().zip(&processed.answers.outcomes) {
            if *outcome == RecordOutcome::Dropped {
                stats.settled.insert(record.position);
            }
        }
        drop(stats);
        if let Some(batches) = &self.batches {
            let (stream, function) = (self.name.as_str(), batches.name());
            self.observer.observe(&DeliveryEvent::BatchProcessed { stream, function, batch });
        }
        let ProcessedBatch { records, answers, attempts, .. } = &processed;
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
                RecordOutcome::Ok { data, partition_keys, iceberg } => {
                    let iceberg = iceberg.as_deref();
                    outputs.push(OutputRecord { record, data, partition_keys, iceberg, attempts });
                }
                RecordOutcome::Dropped => {}
                RecordOutcome::Failed(failure) => {
                    failures.push(RecordFailure { record, failure: *failure, attempts, ended });
                }
            }
        }
        self.deliver(&outputs);
        self.destination.fail(&failures);
    }

    fn count(&mut self, outcome: DeliveryOutcome) {
        match outcome {
            DeliveryOutcome::Stored { object, positions, failed } => {
                let event = DeliveryEvent::ObjectDelivered {
                    stream: &self.name,
                    object: &object,
                    failed: &failed,
                };
                self.observer.observe(&event);
                let mut stats = self.stats();
                stats.settled.add(&positions);
                if failed.is_empty() {
                    stats.delivered += object.records;
                } else {
                    stats.add_failed(failed);
                }
                stats.objects.add(object);
            }
            DeliveryOutcome::Sent { request, positions } => {
                let (stream, destination) = (self.name.as_str(), self.kind);
                let event = DeliveryEvent::RequestDelivered { stream, destination, request };
                self.observer.observe(&event);
                let mut stats = self.stats();
                stats.settled.add(&positions);
                stats.add_request(request);
            }
            DeliveryOutcome::ToErrorOutput => {}
            DeliveryOutcome::NotDelivered { positions, error } => {
                let records = positions.records();
                if let Some(error) = &error {
                    let stream = &self.name;
                    self.observer.observe(&DeliveryEvent::UploadFailed { stream, records, error });
                }
                self.not_delivered(&positions);
                // A store that rejects one key may take the next object.
                if error.is_none_or(|error| error.kind() != StoreErrorKind::BadKey) {
                    self.give_up();
                }
            }
        }
    }

    /// Gives up, because the store has failed. Stops the reading, and counts the buffered and
    /// waiting records as not delivered.
    fn give_up(&mut self) {
        self.is_broken = true;
        self.stats().store_failed = true;
        self.stop.send_replace(true);
        let buffered = self.destination.give_up();
        self.not_delivered(&buffered);
        if let Some(batches) = &mut self.batches {
            let waiting = batches.give_up();
            self.lose(waiting.iter().map(|record| record.position));
        }
    }

    fn lose(&self, positions: impl IntoIterator<Item = u64>) {
        self.not_delivered(&positions.into_iter().collect());
    }

    fn not_delivered(&self, positions: &PositionSet) {
        let records = positions.records();
        if records > 0 {
            let event = DeliveryEvent::RecordsNotDelivered { stream: &self.name, records };
            self.observer.observe(&event);
        }
        self.stats().undelivered.merge(positions);
    }

    /// Closes all batches and objects, because no more records follow.
    fn close(&mut self) {
        if let Some(batches) = &mut self.batches {
            batches.flush(None);
            if !batches.is_empty() {
                return;
            }
        }
        self.destination.flush(None);
    }

    fn flush_due(&mut self) {
        let now = Instant::now();
        if let Some(batches) = &mut self.batches {
            batches.flush(Some(now));
        }
        self.destination.flush(Some(now));
    }

    fn deadline(&self) -> Option<Instant> {
        let batches = self.batches.as_ref().and_then(|batches| batches.deadline());
        [batches, self.destination.deadline()].into_iter().flatten().min()
    }

    fn has_room(&self) -> bool {
        self.destination.has_room()
            && self.batches.as_ref().is_none_or(|batches| batches.has_room())
    }

    fn is_idle(&self) -> bool {
        self.destination.is_empty()
            && self.batches.as_ref().is_none_or(|batches| batches.is_empty())
    }

    /// Returns the counts, which outlive the delivery stream.
    pub(crate) fn shared_stats(&self) -> Arc<Mutex<DeliveryStats>> {
        Arc::clone(&self.stats)
    }

    fn stats(&self) -> MutexGuard<'_, DeliveryStats> {
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn next_batch(batches: &mut Option<Box<dyn BatchProcessor>>) -> Option<BatchResult> {
    batches.as_mut()?.next_batch().await
}
