use std::{
    mem,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

use super::{
    request_batch::RequestBatch,
    request_protocol::{Attempt, AttemptFailure, RequestProtocol},
    shown_responses::ShownResponses,
};
use crate::{
    delivery_stream::DeliveryFailure,
    now::now,
    observer::{DeliveryEvent, DeliveryObserver},
};

/// Sends the requests of a delivery stream, with retries.
#[derive(Debug)]
pub(super) struct RetryingSender {
    /// The name of the delivery stream in delivery events.
    stream: String,
    protocol: Arc<dyn RequestProtocol>,
    responses: ShownResponses,
    observer: Arc<dyn DeliveryObserver>,
    /// `true` after the warning about records that AWS does not back up.
    has_warned: AtomicBool,
}

/// The outcomes of the records of a batch, by their indexes. Each record has one outcome.
#[derive(Debug, Default)]
pub(super) struct SentBatch {
    /// Delivered records.
    pub(super) delivered: Vec<usize>,
    /// Records that the destination did not take.
    pub(super) failed: Vec<FailedRequestRecord>,
    /// Records that were given up before their outcome was known.
    pub(super) abandoned: Vec<usize>,
    /// The number of attempts.
    pub(super) attempts: u32,
}

/// A record that the destination did not take.
#[derive(Debug)]
pub(super) struct FailedRequestRecord {
    /// The index of the record in the batch.
    pub(super) index: usize,
    /// The failure of the last attempt.
    pub(super) failure: AttemptFailure,
    /// The number of attempts with this record.
    pub(super) attempts: u32,
    /// The end of the last attempt.
    pub(super) ended: Timestamp,
}

impl RetryingSender {
    /// Creates a sender for a delivery stream of this name.
    pub(super) fn new(
        stream: &str,
        protocol: Arc<dyn RequestProtocol>,
        responses: ShownResponses,
        observer: Arc<dyn DeliveryObserver>,
    ) -> Self {
        let has_warned = AtomicBool::new(false);
        Self { stream: stream.to_owned(), protocol, responses, observer, has_warned }
    }

    /// Returns the protocol of the requests.
    pub(super) fn protocol(&self) -> &dyn RequestProtocol {
        &*self.protocol
    }

    /// Sends a batch until all its records have an outcome, the time for retries is over, or
    /// `abandon` becomes `true`.
    pub(super) async fn send(
        &self,
        batch: &RequestBatch,
        mut abandon: watch::Receiver<bool>,
    ) -> SentBatch {
        let mut sent = SentBatch::default();
        let mut pending: Vec<usize> = (0..batch.records.len()).collect();
        let policy = self.protocol.retry_policy();
        let (started, mut paused) = (Instant::now(), Duration::ZERO);
        loop {
            let attempt = tokio::select! {
                biased;
                _ = abandon.wait_for(|abandon| *abandon) => {
                    sent.abandoned = pending;
                    return sent;
                }
                attempt = self.protocol.attempt(batch, &pending) => self.responses.apply(attempt),
            };
            let (retry, settled) = (sent.attempts, sent.failed.len());
            sent.attempts += 1;
            let left = sent.add(mem::take(&mut pending), attempt);
            let used = if policy.includes_attempts { started.elapsed() } else { paused };
            let pause = match left.first() {
                None => None,
                Some(_) => policy.pause(retry, used),
            };
            self.report(sent.attempts, &sent.failed[settled..], &left, pause);
            let Some(pause) = pause else {
                sent.failed.extend(left);
                return sent;
            };
            pending = left.into_iter().map(|failed| failed.index).collect();
            tokio::select! {
                biased;
                _ = abandon.wait_for(|abandon| *abandon) => {
                    sent.abandoned = pending;
                    return sent;
                }
                () = sleep(pause) => paused += pause,
            }
        }
    }

    /// Reports the failures of an attempt. The records in `left` may be sent again.
    fn report(
        &self,
        attempt: u32,
        settled: &[FailedRequestRecord],
        left: &[FailedRequestRecord],
        retry_in: Option<Duration>,
    ) {
        let Some(first) = left.first().or(settled.first()) else { return };
        let AttemptFailure { failure, response, .. } = &first.failure;
        let reason = format!("{}: {response}", DeliveryFailure::from(*failure).error_code());
        let destination = self.protocol.kind();
        self.observer.observe(&DeliveryEvent::RequestFailed {
            stream: &self.stream,
            destination,
            attempt,
            records: (settled.len() + left.len()) as u64,
            reason: &reason,
            retry_in,
        });
        let is_lost = settled.iter().any(|failed| failed.failure.is_lost_in_aws);
        if is_lost && !self.has_warned.swap(true, Ordering::Relaxed) {
            let message = format!(
                "{}: Firehose neither repeats nor backs up a request that {destination} rejects with \
                 status 413, so its records are lost; here, they are in the error output",
                self.stream,
            );
            self.observer.observe(&DeliveryEvent::Warning { message: &message });
        }
    }
}

impl SentBatch {
    /// Adds the outcomes of an attempt with the records of these indexes. Returns the records that
    /// may be sent again.
    fn add(&mut self, pending: Vec<usize>, attempt: Attempt) -> Vec<FailedRequestRecord> {
        let (attempts, ended) = (self.attempts, now());
        let mut left = Vec::new();
        let mut each = match attempt {
            Attempt::Whole(result) => {
                let results = vec![result; pending.len()];
                results.into_iter()
            }
            Attempt::Each(results) => results.into_iter(),
        };
        for index in pending {
            match each.next() {
                Some(Ok(())) => self.delivered.push(index),
                Some(Err(failure)) => {
                    let failed = FailedRequestRecord { index, failure, attempts, ended };
                    match failed.failure.is_final {
                        true => self.failed.push(failed),
                        false => left.push(failed),
                    }
                }
                // A protocol returns one result for each record.
                None => self.abandoned.push(index),
            }
        }
        left
    }
}
