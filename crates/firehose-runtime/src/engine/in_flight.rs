use std::{
    collections::VecDeque,
    future::poll_fn,
    mem,
    pin::{Pin, pin},
    task::{Context, Poll},
};

use futures_util::{StreamExt, stream::FuturesUnordered};

use super::{
    batch::Batch,
    deadline::Deadline,
    record_result::RecordResult,
    result_collector::ResultCollector,
    result_sink::ResultSink,
    running_transform::{RunningTransform, StartedRecord},
};
use crate::limits::MAX_PAYLOAD_BYTES;

/// The records that are started and not collected yet, in the order of the event.
///
/// Some records wait for something. Others are finished, and wait for an earlier record.
#[derive(Default)]
pub(super) struct InFlight<'a> {
    /// A result for each record from number `collected` on, or `None` while the record waits.
    results: VecDeque<Option<RecordResult>>,
    collected: usize,
    waiting: FuturesUnordered<WaitingRecord<'a>>,
    /// The bytes of the outputs in `results`.
    held_bytes: usize,
}

/// The limit for the bytes of waiting outputs, about the size of a response. At the limit, no more
/// records are started.
const MAX_HELD_BYTES: usize = MAX_PAYLOAD_BYTES;

impl<'a> InFlight<'a> {
    /// Returns the number of records that wait for something.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Returns `true` if one more record may be started.
    ///
    /// A slow record does not hold up later ones as long as there is room for their outputs.
    pub(super) fn has_room(&self, concurrency: usize) -> bool {
        self.waiting.len() < concurrency && self.held_bytes < MAX_HELD_BYTES
    }

    pub(super) fn is_empty(&self) -> bool {
        self.results.is_empty()
    }

    /// Adds the next record. Collects a finished record at once if no earlier record is in flight.
    pub(super) fn push<B: Batch, S: ResultSink>(
        &mut self,
        started: StartedRecord<'a>,
        collector: &mut ResultCollector<'_, B, S>,
    ) {
        match started {
            StartedRecord::Finished { bytes_in, result } => {
                collector.count_input(bytes_in);
                if self.results.is_empty() {
                    self.collected += 1;
                    collector.collect(result);
                } else {
                    self.held_bytes += result.output_bytes();
                    self.results.push_back(Some(result));
                }
            }
            StartedRecord::Waiting { bytes_in, transform } => {
                collector.count_input(bytes_in);
                let number = self.collected + self.results.len();
                self.waiting.push(WaitingRecord { number, transform });
                self.results.push_back(None);
            }
        }
    }

    /// Waits until one more record finishes or the deadline passes, and collects the results
    /// that are ready. At the deadline, all records that still wait are given up.
    pub(super) async fn finish_one<B: Batch, S: ResultSink>(
        &mut self,
        deadline: Deadline,
        collector: &mut ResultCollector<'_, B, S>,
    ) {
        let mut stop = pin!(deadline.wait());
        // A finished record takes precedence over the deadline.
        let finished = poll_fn(|context| match self.waiting.poll_next_unpin(context) {
            Poll::Ready(finished) => Poll::Ready(finished),
            // Tokio delays the timer of a task that was busy for long, so the clock is read too.
            Poll::Pending if deadline.is_past() => Poll::Ready(None),
            Poll::Pending => stop.as_mut().poll(context).map(|()| None),
        });
        match finished.await {
            Some((number, result)) => self.finish(number, result),
            None => self.give_up(),
        }
        self.collect(collector);
    }

    /// Lets other tasks of the process run, polls the records that wait, and collects the results
    /// that are ready.
    pub(super) async fn yield_now<B: Batch, S: ResultSink>(
        &mut self,
        collector: &mut ResultCollector<'_, B, S>,
    ) {
        let mut has_yielded = false;
        poll_fn(|context| {
            if !mem::replace(&mut has_yielded, true) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            while let Poll::Ready(Some((number, result))) = self.waiting.poll_next_unpin(context) {
                self.finish(number, result);
            }
            Poll::Ready(())
        })
        .await;
        self.collect(collector);
    }

    fn finish(&mut self, number: usize, result: RecordResult) {
        self.held_bytes += result.output_bytes();
        self.results[number - self.collected] = Some(result);
    }

    /// Collects the results up to the first record that still waits.
    fn collect<B: Batch, S: ResultSink>(&mut self, collector: &mut ResultCollector<'_, B, S>) {
        while let Some(result) = self.results.front_mut().and_then(Option::take) {
            self.held_bytes = self.held_bytes.saturating_sub(result.output_bytes());
            collector.collect(result);
            self.results.pop_front();
            self.collected += 1;
        }
    }

    /// Fails all records that still wait.
    fn give_up(&mut self) {
        drop(mem::take(&mut self.waiting));
        for result in &mut self.results {
            result.get_or_insert_with(|| RecordResult::Failed(Deadline::given_up()));
        }
    }
}

/// A record that waits for something, with its number in the batch.
struct WaitingRecord<'a> {
    number: usize,
    transform: RunningTransform<'a>,
}

impl Future for WaitingRecord<'_> {
    type Output = (usize, RecordResult);

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let number = self.number;
        Pin::new(&mut self.transform).poll(context).map(|result| (number, result))
    }
}
