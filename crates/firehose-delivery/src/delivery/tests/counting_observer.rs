use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::super::{delivery_stats::DeliveryStats, input_stats::InputStats};
use crate::observer::{DeliveryEvent, DeliveryObserver};

/// An observer that counts events, and nothing else.
#[derive(Debug, Default)]
pub(super) struct CountingObserver(Mutex<Counts>);

/// The counts of a delivery with one delivery stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    last_read: u64,
    read_to_end: bool,
    refused: u64,
    input_failures: u64,
    received: u64,
    received_bytes: u64,
    delivered: u64,
    dropped: u64,
    failed: BTreeMap<&'static str, u64>,
    not_delivered: u64,
    objects: u64,
    object_bytes: u64,
    invocations: u64,
    function_errors: u64,
    function_time: Duration,
    ignored_answers: u64,
    contract_violations: u64,
    lost_batches: u64,
}

impl CountingObserver {
    pub(super) fn counts(&self) -> Counts {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl DeliveryObserver for CountingObserver {
    fn observe(&self, event: &DeliveryEvent<'_>) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match *event {
            DeliveryEvent::RecordRefused { .. } => counts.refused += 1,
            DeliveryEvent::InputFailed { .. } => counts.input_failures += 1,
            DeliveryEvent::InputEnded { last_read, read_to_end } => {
                (counts.last_read, counts.read_to_end) = (last_read, read_to_end);
            }
            DeliveryEvent::RecordsReceived { records, bytes, .. } => {
                counts.received += records;
                counts.received_bytes += bytes;
            }
            DeliveryEvent::RecordsProcessed { added, dropped, .. } => {
                counts.received += added;
                counts.dropped += dropped;
            }
            DeliveryEvent::BatchProcessed { batch, .. } => {
                assert_eq!(batch.records, batch.ok + batch.dropped + batch.failed);
                counts.dropped += batch.dropped;
                counts.invocations += u64::from(batch.attempts);
                counts.function_errors += u64::from(batch.function_errors);
                counts.function_time += batch.function_time;
                counts.ignored_answers += batch.ignored_answers;
                counts.contract_violations += batch.contract_violations;
                counts.lost_batches += u64::from(batch.is_lost());
            }
            DeliveryEvent::ObjectDelivered { object, failed, .. } => {
                counts.objects += 1;
                counts.object_bytes += object.bytes;
                if failed.is_empty() {
                    counts.delivered += object.records;
                }
                for (code, records) in failed {
                    *counts.failed.entry(code).or_default() += records;
                }
            }
            DeliveryEvent::RecordsNotDelivered { records, .. } => counts.not_delivered += records,
            _ => {}
        }
    }
}

impl Counts {
    /// Returns the counts that the engine kept itself.
    pub(super) fn of(stats: &DeliveryStats, input: &InputStats) -> Self {
        Self {
            last_read: input.last_read,
            read_to_end: input.read_to_end,
            refused: input.refused,
            input_failures: u64::from(input.error.is_some()),
            received: stats.received,
            received_bytes: stats.received_bytes,
            delivered: stats.delivered,
            dropped: stats.dropped,
            failed: stats.failed.clone(),
            not_delivered: stats.not_delivered(),
            objects: stats.objects.count,
            object_bytes: stats.objects.bytes,
            invocations: stats.invocations.count,
            function_errors: stats.invocations.function_errors,
            function_time: stats.invocations.time,
            ignored_answers: stats.invocations.ignored_answers,
            contract_violations: stats.invocations.contract_violations,
            lost_batches: stats.invocations.lost_batches,
        }
    }
}
