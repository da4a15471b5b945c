use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use firehose_runtime::contract::IcebergAnswer;
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep_until},
};

use super::{
    chunk::Chunk, delivery_stats::DeliveryStats, input_stage::InputStage,
    output_stage::OutputStage, stream_counter::StreamCounter, wanted_positions::WantedPositions,
};
use crate::{
    delivery_stream::{DestinationKind, PartitionKeys, RecordOutcome, StreamRecord},
    destinations::{DeliveryOutcome, Destination, OutputRecord, PositionSet, RecordFailure},
    now::now,
    observer::DeliveryObserver,
    processors::{BatchProcessor, BatchResult, ProcessedBatch, RecordChain},
    store::StoreErrorKind,
};

/// A delivery stream at work: receives records, sends them through its processors, and delivers the
/// results.
#[derive(Debug)]
pub(crate) struct StreamDelivery {
    /// The processors of single records before the batch processor.
    input: InputStage,
    /// The batch processor, if the delivery stream has one.
    batches: Option<Box<dyn BatchProcessor>>,
    /// The processors of single records after the batch processor.
    output: OutputStage,
    destination: Box<dyn Destination>,
    counter: StreamCounter,
    /// The positions of the records that the delivery stream is to receive.
    wanted: Arc<WantedPositions>,
    /// Set when the store fails, so that no more input is read.
    stop: watch::Sender<bool>,
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
            input: InputStage::default(),
            batches,
            output: OutputStage::default(),
            destination,
            counter: StreamCounter::new(name, observer),
            wanted: Arc::new(WantedPositions::all()),
            stop,
            is_broken: false,
        }
    }

    /// Enables or disables a check for a delivery stream that adds newlines itself: the first
    /// output that ends in a newline causes a warning. Default: disabled.
    #[must_use]
    pub(crate) fn with_delimiter_check(mut self, checks_delimiters: bool) -> Self {
        self.output.set_checks_delimiters(checks_delimiters);
        self
    }

    /// Sets the kind of the destination in delivery events. Default: S3.
    #[must_use]
    pub(crate) fn with_kind(mut self, kind: DestinationKind) -> Self {
        self.counter.set_destination(kind);
        self
    }

    /// Adds processors of single records before and after the batch processor.
    #[must_use]
    pub(crate) fn with_record_processors(
        mut self,
        before: RecordChain,
        after: RecordChain,
    ) -> Self {
        self.input = InputStage::new(before);
        self.output.set_chain(after);
        self
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
        self.counter.stream()
    }

    /// Returns the counts, which outlive the delivery stream.
    pub(crate) fn shared_stats(&self) -> Arc<Mutex<DeliveryStats>> {
        self.counter.shared_stats()
    }

    /// Works until no more chunks follow and every record has its outcome.
    pub(crate) async fn run(mut self, mut chunks: mpsc::Receiver<Chunk>) {
        let mut is_open = true;
        while is_open || !self.is_idle() {
            while self.input.has_waiting() && self.has_room() {
                self.process_waiting();
            }
            if !is_open {
                self.close();
            }
            let deadline = self.deadline();
            let may_receive = is_open && self.has_room();
            tokio::select! {
                Some(batch) = next_batch(&mut self.batches) => self.take(batch),
                Some(outcome) = self.destination.next_outcome() => self.count(outcome),
                chunk = chunks.recv(), if may_receive => match chunk {
                    Some(chunk) => self.receive(&chunk),
                    None => is_open = false,
                },
                () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {
                    self.flush_due();
                }
            }
        }
        self.counter.end();
    }

    fn receive(&mut self, chunk: &Chunk) {
        let is_shared = |records: &&[Arc<StreamRecord>]| records[0].position == records[1].position;
        let shared: Vec<_> = chunk.windows(2).filter(is_shared).collect();
        if !shared.is_empty() {
            let mut stats = self.counter.stats();
            shared.iter().for_each(|records| stats.shared.insert(records[0].position));
        }
        if self.is_broken {
            return self.lose(chunk.iter().map(|record| record.position));
        }
        if self.input.is_empty() {
            return self.accept(chunk);
        }
        self.input.push(chunk);
    }

    /// Sends the next waiting records through the processors before the batch processor.
    fn process_waiting(&mut self) {
        let step = self.input.step(&self.counter);
        let ended = now();
        let failures = step.failures.iter().map(|(record, failure)| RecordFailure {
            record,
            failure: *failure,
            attempts: 1,
            ended,
        });
        self.destination.fail(&failures.collect::<Vec<_>>());
        self.accept(&step.records);
    }

    /// Passes records to the batch processor, or delivers them if there is no batch processor.
    fn accept(&mut self, records: &[Arc<StreamRecord>]) {
        if let Some(batches) = &mut self.batches {
            return batches.push(records);
        }
        let outputs: Vec<_> = records.iter().map(|record| output_of(record)).collect();
        self.deliver(&outputs);
    }

    fn deliver(&mut self, outputs: &[OutputRecord<'_>]) {
        self.output.deliver(outputs, &mut *self.destination, &self.counter);
    }

    fn take(&mut self, batch: BatchResult) {
        let processed = match batch {
            Ok(processed) => processed,
            Err(records) => return self.lose(records.iter().map(|record| record.position)),
        };
        let function = self.batches.as_ref().map_or("", |batches| batches.name());
        self.counter.count_batch(&processed, function);
        let ProcessedBatch { records, answers, attempts, ended, .. } = &processed;
        let outcomes = &answers.outcomes;
        if self.is_broken {
            let left = records.iter().zip(outcomes);
            let left = left.filter(|(_, outcome)| **outcome != RecordOutcome::Dropped);
            return self.lose(left.map(|(record, _)| record.position));
        }
        let (attempts, ended) = (*attempts, *ended);
        let merged = match self.input.is_empty() {
            true => BTreeMap::new(),
            false => merged_keys(&processed),
        };
        let (mut outputs, mut failures) = (Vec::with_capacity(records.len()), Vec::new());
        for (index, (record, outcome)) in records.iter().zip(outcomes).enumerate() {
            match outcome {
                RecordOutcome::Ok { data, partition_keys, iceberg } => {
                    let partition_keys = PartitionKeys {
                        from_lambda: merged.get(&index).unwrap_or(partition_keys),
                        ..record.partition_keys()
                    };
                    outputs.push(OutputRecord { record, data, partition_keys, iceberg, attempts });
                }
                RecordOutcome::Dropped => {}
                RecordOutcome::Failed(failure) => {
                    let attempts = attempts.max(1);
                    failures.push(RecordFailure { record, failure: *failure, attempts, ended });
                }
            }
        }
        self.deliver(&outputs);
        self.destination.fail(&failures);
    }

    fn count(&mut self, outcome: DeliveryOutcome) {
        let breaks = match &outcome {
            DeliveryOutcome::Stored { .. }
            | DeliveryOutcome::Sent { .. }
            | DeliveryOutcome::ToErrorOutput => false,
            // A store that rejects one key may take the next object.
            DeliveryOutcome::NotDelivered { error, .. } => {
                error.as_ref().is_none_or(|error| error.kind() != StoreErrorKind::BadKey)
            }
        };
        self.counter.count_outcome(outcome);
        if breaks {
            self.give_up();
        }
    }

    /// Gives up, because the store has failed. Stops the reading, and counts the buffered and
    /// waiting records as not delivered.
    fn give_up(&mut self) {
        self.is_broken = true;
        self.counter.stats().store_failed = true;
        self.stop.send_replace(true);
        let buffered = self.destination.give_up();
        self.counter.count_not_delivered(&buffered);
        if let Some(batches) = &mut self.batches {
            let waiting = batches.give_up();
            self.lose(waiting.iter().map(|record| record.position));
        }
        let unprocessed = self.input.give_up();
        self.lose(unprocessed);
    }

    fn lose(&self, positions: impl IntoIterator<Item = u64>) {
        let positions: PositionSet = positions.into_iter().collect();
        self.counter.count_not_delivered(&positions);
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
        !self.input.has_waiting()
            && self.destination.is_empty()
            && self.batches.as_ref().is_none_or(|batches| batches.is_empty())
    }
}

/// Returns the output of a record without a function.
fn output_of(record: &StreamRecord) -> OutputRecord<'_> {
    let (data, partition_keys) = (record.payload(), record.partition_keys());
    OutputRecord { record, data, partition_keys, iceberg: &IcebergAnswer::Missing, attempts: 0 }
}

/// Returns the merged keys of each record for which a processor before the function has set keys,
/// by the index of the record. A key of the function has precedence.
fn merged_keys(processed: &ProcessedBatch) -> BTreeMap<usize, BTreeMap<String, String>> {
    let mut merged = BTreeMap::new();
    let outcomes = processed.records.iter().zip(&processed.answers.outcomes);
    for (index, (record, outcome)) in outcomes.enumerate() {
        let earlier = record.partition_keys().from_lambda;
        if let (false, RecordOutcome::Ok { partition_keys, .. }) = (earlier.is_empty(), outcome) {
            let mut keys = earlier.clone();
            keys.extend(partition_keys.clone());
            merged.insert(index, keys);
        }
    }
    merged
}

async fn next_batch(batches: &mut Option<Box<dyn BatchProcessor>>) -> Option<BatchResult> {
    batches.as_mut()?.next_batch().await
}
