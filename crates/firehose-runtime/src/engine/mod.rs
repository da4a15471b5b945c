//! Records in, verdicts out, in the order of the event.

mod catch_panic;
mod deadline;
mod in_flight;
mod isolate;
mod threads;

use std::{
    future::poll_fn,
    task::{Context, Poll},
};

use firehose_core::{Output, Record, Transform};

pub(crate) use catch_panic::drop_quietly;
#[cfg(any(feature = "lambda", feature = "reingest"))]
pub(crate) use catch_panic::inside;
#[cfg(feature = "lambda")]
pub(crate) use catch_panic::install_panic_hook;
pub(crate) use deadline::Deadline;
use in_flight::Waiting;
use isolate::{Fenced, Running, Started};
pub(crate) use isolate::{error_text, guarded};
use threads::Pace;

use crate::{
    Failure, Report,
    failure::{Cause, shortened},
};

/// The records of an event that can be answered, in whichever form the event came.
pub(crate) trait Batch: Sync {
    /// How many there are.
    fn len(&self) -> usize;

    /// How long the payload of a record is, about.
    fn payload_bytes(&self, index: usize) -> usize;

    /// A record, decoded.
    fn record(&self, index: usize) -> Result<Record, Cause>;

    /// The failure of a record, for the report.
    fn failure(&self, index: usize, cause: Cause) -> Failure;
}

/// What Firehose is told of one record: its three results, an output with the first. The
/// cause of a failure is no part of it.
#[derive(Debug)]
pub(crate) enum Verdict {
    Ok(Output),
    Dropped,
    ProcessingFailed,
}

/// How the records of a batch are run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// How many records may be under way at a time, at least 1.
    pub(crate) concurrency: usize,
    /// How many threads there may be.
    pub(crate) threads: usize,
    pub(crate) deadline: Deadline,
}

/// Runs every record of the batch, and hands over each verdict in order. One that `answer`
/// refuses is given once more, as a failure of that cause, which it must take.
pub(crate) async fn answer_all<T: Transform, B: Batch>(
    transform: &T,
    batch: &B,
    limits: Limits,
    report: &mut Report,
    answer: impl FnMut(usize, &Verdict) -> Result<(), Cause> + Send,
) {
    let run = Run { transform, batch, deadline: limits.deadline };
    let mut answers = Answers { batch, report, answer, next: 0, causes: 0 };
    let mut waiting = Waiting::default();
    let mut pace = Pace::new(limits.threads);
    let mut next = 0;
    while next < batch.len() || !waiting.is_empty() {
        while next < batch.len() && waiting.has_room(limits.concurrency) {
            let first = next;
            if let Some(window) = pace.window(next, batch) {
                let limits =
                    Limits { concurrency: limits.concurrency - waiting.running(), ..limits };
                for started in threads::start_all(&run, window, limits) {
                    waiting.push(started, &mut answers);
                    next += 1;
                }
            } else {
                pace.begin(next);
                let started = poll_fn(|context| Poll::Ready(run.start(next, context))).await;
                pace.end(next);
                waiting.push(started, &mut answers);
                next += 1;
            }
            if waiting.running() > 0 && first / TURN_AFTER != next / TURN_AFTER {
                waiting.take_turn(&mut answers).await;
            }
        }
        if !waiting.is_empty() {
            waiting.one_more(limits.deadline, &mut answers).await;
        }
    }
}

/// What waits for something, such as the network, gets its turn after so many records.
const TURN_AFTER: usize = 16;

/// What is needed to start a record.
struct Run<'a, T, B> {
    transform: &'a T,
    batch: &'a B,
    deadline: Deadline,
}

impl<'a, T: Transform, B: Batch> Run<'a, T, B> {
    /// Starts a record, and finishes it if it does not have to wait.
    fn start(&self, index: usize, context: &mut Context<'_>) -> Started<'a> {
        if self.deadline.is_past() {
            return Started::finished(0, Fenced::Failed(Deadline::not_started()));
        }
        let record = match self.batch.record(index) {
            Ok(record) => record,
            Err(cause) => return Started::finished(0, Fenced::Failed(cause)),
        };
        Running::start(self.transform, record, context)
    }
}

/// Counts the verdicts, and hands them on.
struct Answers<'a, B, F> {
    batch: &'a B,
    report: &'a mut Report,
    answer: F,
    next: usize,
    /// Bytes of all causes so far.
    causes: usize,
}

impl<B: Batch, F: FnMut(usize, &Verdict) -> Result<(), Cause>> Answers<'_, B, F> {
    /// Takes what became of the next record.
    fn take(&mut self, bytes_in: usize, fenced: Fenced) {
        let index = self.next;
        self.next += 1;
        self.report.bytes_in += bytes_in;
        let verdict = match fenced {
            Fenced::Ok(output) => Verdict::Ok(output),
            Fenced::Dropped => Verdict::Dropped,
            Fenced::Failed(cause) => return self.fail(index, cause),
        };
        match (self.answer)(index, &verdict) {
            Err(cause) => self.fail(index, cause),
            Ok(()) => match &verdict {
                Verdict::Ok(output) => {
                    self.report.ok += 1;
                    self.report.bytes_out += output.data().len();
                }
                Verdict::Dropped | Verdict::ProcessingFailed => self.report.dropped += 1,
            },
        }
        // The output may be memory that the transform owns in its own way.
        drop_quietly(verdict);
    }

    fn fail(&mut self, index: usize, mut cause: Cause) {
        // It is as short as an answer can be, and there is always room for it.
        let _ = (self.answer)(index, &Verdict::ProcessingFailed);
        self.causes += cause.text.len();
        if self.causes > Failure::MAX_CAUSES_BYTES {
            cause.text = shortened(&cause.text, Failure::MAX_LATE_CAUSE_BYTES);
        }
        self.report.failures.push(self.batch.failure(index, cause));
    }
}
