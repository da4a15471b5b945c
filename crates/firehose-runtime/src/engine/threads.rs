use std::{
    ops::Range,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use firehose_core::Transform;

use super::{
    batch::Batch,
    batch_limits::BatchLimits,
    coop_budget::{CoopBudget, in_this_context},
    record_starter::RecordStarter,
    running_transform::StartedRecord,
};

/// Starts the records of a window on several threads, including this thread.
///
/// Returns the started records in order. Starts no more records while `limits.concurrency` records
/// are started and not finished. Records that wait for something continue on this thread.
pub(super) fn start_window<'a, T: Transform, B: Batch>(
    starter: &RecordStarter<'a, T, B>,
    window: Range<usize>,
    limits: BatchLimits,
) -> Vec<StartedRecord<'a>> {
    let slots: Vec<Mutex<Option<StartedRecord<'a>>>> =
        window.clone().map(|_| Mutex::default()).collect();
    let (next, unfinished) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = |budget: CoopBudget| {
        loop {
            if unfinished.fetch_add(1, Ordering::Relaxed) >= limits.concurrency {
                unfinished.fetch_sub(1, Ordering::Relaxed);
                break;
            }
            let offset = next.fetch_add(1, Ordering::Relaxed);
            let Some(slot) = slots.get(offset) else { break };
            let started = budget.poll(|context| starter.start(window.start + offset, context));
            if let StartedRecord::Finished { .. } = started {
                unfinished.fetch_sub(1, Ordering::Relaxed);
            }
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(started);
        }
    };
    thread::scope(|scope| {
        for _ in 1..limits.threads.min(limits.concurrency).min(slots.len()) {
            // If a thread cannot start, the other threads do its work.
            let _ = thread::Builder::new().spawn_scoped(scope, in_this_context(work));
        }
        work(CoopBudget::default());
    });
    let slots =
        slots.into_iter().map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner));
    // The threads take the records in order, so the records that were not started come last.
    slots.map_while(|started| started).collect()
}
