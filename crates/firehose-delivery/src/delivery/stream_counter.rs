use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::delivery_stats::DeliveryStats;
use crate::{
    delivery_stream::{DestinationKind, RecordOutcome},
    destinations::{DeliveryOutcome, PositionSet},
    observer::{DeliveryEvent, DeliveryObserver},
    processors::ProcessedBatch,
};

/// The counter of a delivery stream's records, which also reports their events. The counts in the
/// events add up to the counts in the stats.
#[derive(Debug)]
pub(super) struct StreamCounter {
    stream: String,
    /// The kind of the destination in delivery events.
    destination: DestinationKind,
    stats: Arc<Mutex<DeliveryStats>>,
    observer: Arc<dyn DeliveryObserver>,
}

impl StreamCounter {
    pub(super) fn new(stream: &str, observer: Arc<dyn DeliveryObserver>) -> Self {
        let destination = DestinationKind::S3;
        Self { stream: stream.to_owned(), destination, stats: Arc::default(), observer }
    }

    /// Sets the kind of the destination. Default: S3.
    pub(super) fn set_destination(&mut self, destination: DestinationKind) {
        self.destination = destination;
    }

    /// Returns the name of the delivery stream.
    pub(super) fn stream(&self) -> &str {
        &self.stream
    }

    /// Returns the counts, which outlive the delivery stream.
    pub(super) fn shared_stats(&self) -> Arc<Mutex<DeliveryStats>> {
        Arc::clone(&self.stats)
    }

    pub(super) fn stats(&self) -> MutexGuard<'_, DeliveryStats> {
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reports a warning.
    pub(super) fn warn(&self, message: &str) {
        self.observer.observe(&DeliveryEvent::Warning { message });
    }

    /// Reports the end of the delivery stream.
    pub(super) fn end(&self) {
        self.observer.observe(&DeliveryEvent::StreamEnded { stream: &self.stream });
    }

    /// Counts the records that processors of single records added or dropped.
    pub(super) fn count_changes(&self, changes: &RecordChanges) {
        let RecordChanges { added, ref dropped, ref split } = *changes;
        if added == 0 && dropped.is_empty() {
            return;
        }
        let count = dropped.len() as u64;
        {
            let mut stats = self.stats();
            stats.received += added;
            stats.added += added;
            stats.dropped += count;
            split.iter().for_each(|position| stats.shared.insert(*position));
            dropped.iter().for_each(|position| stats.settled.insert(*position));
        }
        let stream = &self.stream;
        self.observer.observe(&DeliveryEvent::RecordsProcessed { stream, added, dropped: count });
    }

    /// Counts the invocations of a batch, and its dropped records.
    pub(super) fn count_batch(&self, processed: &ProcessedBatch, function: &str) {
        let batch = processed.summary();
        {
            let mut stats = self.stats();
            stats.invocations.add(&batch);
            stats.dropped += batch.dropped;
            for (record, outcome) in processed.records.iter().zip(&processed.answers.outcomes) {
                if *outcome == RecordOutcome::Dropped {
                    stats.settled.insert(record.position);
                }
            }
        }
        let stream = self.stream.as_str();
        self.observer.observe(&DeliveryEvent::BatchProcessed { stream, function, batch });
    }

    /// Counts the records of an object or of a request, or records that are not delivered.
    pub(super) fn count_outcome(&self, outcome: DeliveryOutcome) {
        let stream = self.stream.as_str();
        match outcome {
            DeliveryOutcome::Stored { object, positions, failed } => {
                let (object_ref, failed_ref) = (&object, &failed);
                self.observer.observe(&DeliveryEvent::ObjectDelivered {
                    stream,
                    object: object_ref,
                    failed: failed_ref,
                });
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
                let destination = self.destination;
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
                    self.observer.observe(&DeliveryEvent::UploadFailed { stream, records, error });
                }
                self.count_not_delivered(&positions);
            }
        }
    }

    /// Counts records that are neither in an object nor at an endpoint, and never will be.
    pub(super) fn count_not_delivered(&self, positions: &PositionSet) {
        let records = positions.records();
        if records > 0 {
            let event = DeliveryEvent::RecordsNotDelivered { stream: &self.stream, records };
            self.observer.observe(&event);
        }
        self.stats().undelivered.merge(positions);
    }
}

/// The records that processors of single records added or dropped.
#[derive(Debug, Default)]
pub(super) struct RecordChanges {
    added: u64,
    /// The positions of the dropped records.
    dropped: Vec<u64>,
    /// The positions of the records that a processor split.
    split: Vec<u64>,
}

impl RecordChanges {
    /// Adds the record at this position, which became `count` records.
    pub(super) fn add(&mut self, position: u64, count: usize) {
        match count {
            0 => self.dropped.push(position),
            1 => {}
            _ => {
                self.added += count as u64 - 1;
                self.split.push(position);
            }
        }
    }
}
