//! Several threads for transforms that compute.

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
    fence::{Started, State},
};

/// More threads must save at least so much: starting one takes some 50 microseconds.
const WORTH_SHARING: Duration = Duration::from_millis(4);

/// The work of one window, for one thread.
const WINDOW: Duration = Duration::from_millis(20);

/// What a window holds for one thread at most, so that outputs that wait for their turn stay
/// few.
const WINDOW_RECORDS: usize = 64;
const WINDOW_BYTES: usize = 256 * 1024;

/// Watches how long records take, and says when to share them among threads.
///
/// Most transforms take microseconds a record and are done before a second thread would be
/// of use, so that comes only once it is known to pay.
pub(super) struct Pace {
    threads: usize,
    start: Instant,
    next_look: usize,
    /// Known to take long enough, each record this long.
    each: Option<Duration>,
}

impl Pace {
    pub(super) fn new(threads: usize) -> Self {
        Self { threads, start: Instant::now(), next_look: 1, each: None }
    }

    /// The records from `next` on that are to be shared among threads now, if any.
    pub(super) fn window<B: Batch>(&mut self, next: usize, batch: &B) -> Option<Range<usize>> {
        if self.threads < 2 || (self.each.is_none() && next != self.next_look) {
            return None;
        }
        let left = batch.len() - next;
        if left < 2 {
            return None;
        }
        if self.each.is_none() {
            let each = self.start.elapsed() / u32::try_from(next).unwrap_or(u32::MAX);
            self.next_look = next + next.min(WINDOW_RECORDS);
            if each * u32::try_from(left).unwrap_or(u32::MAX) < WORTH_SHARING {
                return None;
            }
            self.each = Some(each);
        }
        let each = self.each?.as_nanos().max(1);
        let records = usize::try_from(WINDOW.as_nanos() / each).unwrap_or(usize::MAX);
        let records = records.clamp(1, WINDOW_RECORDS).min(left.div_ceil(self.threads));
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
    let work = || {
        let mut context = Context::from_waker(Waker::noop());
        while at_once.fetch_add(1, Ordering::Relaxed) < limits.concurrency {
            let offset = next.fetch_add(1, Ordering::Relaxed);
            let Some(slot) = slots.get(offset) else { break };
            let started = run.start(window.start + offset, &mut context);
            if let State::Finished(_) = started.state {
                at_once.fetch_sub(1, Ordering::Relaxed);
            }
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(started);
        }
    };
    thread::scope(|scope| {
        for _ in 1..limits.threads.min(slots.len()) {
            // If there can be no further thread, the others do its work.
            let _ = thread::Builder::new().spawn_scoped(scope, in_this_context(work));
        }
        work();
    });
    let slots =
        slots.into_iter().map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner));
    // They are taken in order, so what was not started is the end.
    slots.map_while(|started| started).collect()
}

/// Has the other thread see the Tokio runtime and the tracing span of this one.
#[cfg(feature = "lambda")]
fn in_this_context(work: impl FnOnce()) -> impl FnOnce() {
    let runtime = tokio::runtime::Handle::try_current().ok();
    let subscriber = tracing::dispatcher::get_default(Clone::clone);
    let span = tracing::Span::current();
    move || {
        let _runtime = runtime.as_ref().map(tokio::runtime::Handle::enter);
        tracing::dispatcher::with_default(&subscriber, || span.in_scope(work));
    }
}

#[cfg(not(feature = "lambda"))]
fn in_this_context(work: impl FnOnce()) -> impl FnOnce() {
    work
}
