//! Several threads for transforms that compute.

#[cfg(feature = "lambda")]
use std::{future::poll_fn, task::Poll};
use std::{
    ops::Range,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Waker},
    thread,
    time::{Duration, Instant},
};

use firehose_core::Transform;

use super::{
    Batch, Limits, Run,
    isolate::{Started, State},
};

/// More threads must save at least so much: starting one takes some 50 microseconds.
const WORTH_SHARING: Duration = Duration::from_millis(4);

/// The work of one window, for one thread.
const WINDOW: Duration = Duration::from_millis(20);

/// What a window holds for one thread at most, so that outputs that wait for their turn stay
/// few.
const WINDOW_RECORDS: usize = 64;
const WINDOW_BYTES: usize = 256 * 1024;

/// Watches how long records compute, and says when to share them among threads.
///
/// Most transforms take microseconds a record and are done before a second thread would be
/// of use, so that comes only once it is known to pay. To look at the clock takes a while too,
/// so it is looked at for some records only: the first three, the fifth, the ninth, and so on
/// until it is every 64th.
pub(super) struct Pace {
    threads: usize,
    next_look: usize,
    begun: Option<Instant>,
    /// What those that were looked at took, all together, and how many they were.
    seen: (Duration, u32),
}

impl Pace {
    pub(super) fn new(threads: usize) -> Self {
        Self { threads, next_look: 0, begun: None, seen: (Duration::ZERO, 0) }
    }

    /// A record begins on this thread.
    pub(super) fn begin(&mut self, index: usize) {
        self.begun = (self.threads > 1 && index >= self.next_look).then(Instant::now);
    }

    /// It has finished, or waits for something.
    pub(super) fn end(&mut self, index: usize) {
        if let Some(begun) = self.begun.take() {
            self.saw(index, begun.elapsed());
        }
    }

    fn saw(&mut self, index: usize, time: Duration) {
        self.next_look = index + index.clamp(1, WINDOW_RECORDS);
        self.seen.0 += time;
        self.seen.1 += 1;
    }

    /// The records from `next` on that are to be shared among threads now, if any.
    pub(super) fn window<B: Batch>(&self, next: usize, batch: &B) -> Option<Range<usize>> {
        let left = batch.len() - next;
        let each = self.seen.0.checked_div(self.seen.1)?;
        if left < 2 || each.saturating_mul(u32::try_from(left).unwrap_or(u32::MAX)) < WORTH_SHARING
        {
            return None;
        }
        let records = usize::try_from(WINDOW.as_nanos() / each.as_nanos().max(1));
        let records = records.unwrap_or(usize::MAX).clamp(1, WINDOW_RECORDS);
        let records = records.min(left.div_ceil(self.threads));
        let (mut end, mut bytes) = (next, 0);
        while end < batch.len() && end - next < records * self.threads {
            bytes += batch.payload_bytes(end);
            if bytes > WINDOW_BYTES * self.threads && end - next >= self.threads {
                break;
            }
            end += 1;
        }
        Some(next..end)
    }
}

/// Starts the records of a window on several threads, this one among them, and returns them
/// in order: all, unless so many have to wait for something that no more may be started.
///
/// Those that wait go on on this thread.
pub(super) fn start_all<'a, T: Transform, B: Batch>(
    run: &Run<'a, T, B>,
    window: Range<usize>,
    limits: Limits,
) -> Vec<Started<'a>> {
    let slots: Vec<Mutex<Option<Started<'a>>>> = window.clone().map(|_| Mutex::default()).collect();
    let (next, at_once) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = |turns: Turns| {
        loop {
            if at_once.fetch_add(1, Ordering::Relaxed) >= limits.concurrency {
                at_once.fetch_sub(1, Ordering::Relaxed);
                break;
            }
            let offset = next.fetch_add(1, Ordering::Relaxed);
            let Some(slot) = slots.get(offset) else { break };
            let started = turns.poll(|context| run.start(window.start + offset, context));
            if let State::Finished(_) = started.state {
                at_once.fetch_sub(1, Ordering::Relaxed);
            }
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(started);
        }
    };
    thread::scope(|scope| {
        // One for each record that may be under way.
        for _ in 1..limits.threads.min(limits.concurrency).min(slots.len()) {
            // If there can be no further thread, the others do its work.
            let _ = thread::Builder::new().spawn_scoped(scope, in_this_context(work));
        }
        work(Turns::default());
    });
    let slots =
        slots.into_iter().map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner));
    // They are taken in order, so what was not started is the end.
    slots.map_while(|started| started).collect()
}

/// How records are polled on a thread.
///
/// Tokio gives each task a budget, beyond which what it offers is not ready: so a record that is
/// always busy makes way. This thread is in such a task; another one has to be given its budgets.
#[derive(Default)]
struct Turns {
    #[cfg(feature = "lambda")]
    runtime: Option<tokio::runtime::Handle>,
}

impl Turns {
    fn poll<R>(&self, mut start: impl FnMut(&mut Context<'_>) -> R) -> R {
        #[cfg(feature = "lambda")]
        if let Some(runtime) = &self.runtime {
            return runtime.block_on(poll_fn(|context| Poll::Ready(start(context))));
        }
        start(&mut Context::from_waker(Waker::noop()))
    }
}

/// Has the other thread see the Tokio runtime and the tracing span of this one.
#[cfg(feature = "lambda")]
fn in_this_context(work: impl FnOnce(Turns)) -> impl FnOnce() {
    let runtime = tokio::runtime::Handle::try_current().ok();
    let subscriber = tracing::dispatcher::get_default(Clone::clone);
    let span = tracing::Span::current();
    move || {
        let turns = Turns { runtime: runtime.clone() };
        let _runtime = runtime.as_ref().map(tokio::runtime::Handle::enter);
        tracing::dispatcher::with_default(&subscriber, || span.in_scope(|| work(turns)));
    }
}

#[cfg(not(feature = "lambda"))]
fn in_this_context(work: impl FnOnce(Turns)) -> impl FnOnce() {
    || work(Turns::default())
}

#[cfg(test)]
mod tests {
    use firehose_core::Record;

    use super::*;
    use crate::{Failure, failure::Cause};

    /// So many records of so many bytes.
    struct Records(usize, usize);

    impl Batch for Records {
        fn len(&self) -> usize {
            self.0
        }

        fn payload_bytes(&self, _: usize) -> usize {
            self.1
        }

        fn record(&self, _: usize) -> Result<Record, Cause> {
            unreachable!("nothing is started here")
        }

        fn failure(&self, _: usize, _: Cause) -> Failure {
            unreachable!("nothing is started here")
        }
    }

    fn window(
        threads: usize,
        seen: &[(usize, u64)],
        next: usize,
        batch: &Records,
    ) -> Option<usize> {
        let mut pace = Pace::new(threads);
        for &(index, micros) in seen {
            pace.saw(index, Duration::from_micros(micros));
        }
        pace.window(next, batch).map(|window| {
            assert_eq!(window.start, next);
            window.len()
        })
    }

    #[test]
    fn only_what_computes_for_long_is_shared() {
        let many = &Records(1000, 100);
        // Nothing is known yet, or it would not pay, or there is nothing to share.
        assert_eq!(window(2, &[], 0, many), None);
        assert_eq!(window(2, &[(0, 3)], 1, many), None);
        assert_eq!(window(2, &[(0, 900_000)], 1, &Records(2, 100)), None);
        // 20 ms of work for each thread, 64 records at most.
        assert_eq!(window(2, &[(0, 2000)], 1, many), Some(20));
        assert_eq!(window(3, &[(0, 100)], 1, many), Some(192));
        assert_eq!(window(4, &[(0, 50_000)], 1, many), Some(4));
        // What is left is divided; long payloads are few.
        assert_eq!(window(2, &[(0, 100_000), (1, 1)], 2, &Records(5, 100)), Some(2));
        assert_eq!(window(2, &[(0, 100)], 1, &Records(1000, 100_000)), Some(5));
        // A slow one among quick ones is no reason.
        assert_eq!(window(2, &[(0, 100), (1, 1), (2, 1)], 3, &Records(50, 100)), None);
    }

    #[test]
    fn the_clock_is_looked_at_now_and_then() {
        let mut pace = Pace::new(2);
        let mut looks = Vec::new();
        for index in 0..300 {
            pace.begin(index);
            if pace.begun.is_some() {
                looks.push(index);
            }
            pace.end(index);
        }
        assert_eq!(looks, [0, 1, 2, 4, 8, 16, 32, 64, 128, 192, 256]);
        let mut alone = Pace::new(1);
        alone.begin(0);
        assert!(alone.begun.is_none());
    }
}
