use std::{
    any::type_name,
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use firehose_core::Transform;
#[cfg(feature = "lambda")]
use tracing::Instrument;

#[cfg(feature = "lambda")]
use crate::lambda::{
    buffer_pool::BufferPool, invocation_span::invocation_span, metrics::Metrics,
    metrics_choice::MetricsChoice,
};
use crate::{
    answer::Answer,
    engine::{batch_limits::BatchLimits, deadline::Deadline, run_batch::run_batch},
    event::{firehose_event::Event, malformed::MalformedEvent},
    event_batch::EventBatch,
    limits::MAX_PAYLOAD_BYTES,
    oversize::Oversize,
    put_back::put_back,
    report::Report,
    response::writer::ResponseWriter,
    vcpus::vcpus,
};

/// The documented limit minus 1 KiB. See [`Handler::with_response_budget`].
const DEFAULT_RESPONSE_BUDGET: usize = MAX_PAYLOAD_BYTES - 1024;

const DEFAULT_CONCURRENCY: usize = 16;

const DEFAULT_DEADLINE_MARGIN: Duration = Duration::from_secs(1);

/// A handler of Firehose events that runs a transform.
///
/// [`run`](crate::run) makes a handler from a transform. Make your own to change settings, to test
/// a transform on whole events, or to add `tower` layers: with the feature `lambda`, a handler is a
/// `tower::Service` over `lambda_runtime::LambdaEvent`.
///
/// ```
/// use firehose_runtime::{Handler, Record, transform_fn};
///
/// let handler = Handler::new(transform_fn(|record: Record| record.into_data()));
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let answer = handler.answer(r#"{"records": [{"recordId": "1", "data": "aGk="}]}"#).await?;
/// assert_eq!(answer.response, r#"{"records":[{"recordId":"1","result":"Ok","data":"aGk="}]}"#);
/// assert_eq!((answer.report.ok, answer.report.bytes_out), (1, 2));
/// # Ok::<_, firehose_runtime::MalformedEvent>(())
/// # }).unwrap();
/// ```
#[cfg_attr(feature = "lambda", doc = include_str!("docs/layers.md"))]
pub struct Handler<T> {
    transform: Arc<T>,
    response_budget: usize,
    oversize: Oversize,
    concurrency: usize,
    threads: usize,
    deadline_margin: Duration,
    #[cfg(feature = "lambda")]
    pub(crate) metrics: MetricsChoice,
    #[cfg(feature = "lambda")]
    pub(crate) buffers: BufferPool,
}

impl<T: Transform> Handler<T> {
    /// Returns a handler that runs this transform.
    pub fn new(transform: T) -> Self {
        Self {
            transform: Arc::new(transform),
            response_budget: DEFAULT_RESPONSE_BUDGET,
            oversize: Oversize::Fail,
            concurrency: DEFAULT_CONCURRENCY,
            threads: if cfg!(feature = "lambda") { vcpus() } else { 1 },
            deadline_margin: DEFAULT_DEADLINE_MARGIN,
            #[cfg(feature = "lambda")]
            metrics: MetricsChoice::default(),
            #[cfg(feature = "lambda")]
            buffers: BufferPool::default(),
        }
    }

    /// Sets the longest response, in bytes.
    ///
    /// Default: 6 MiB minus 1 KiB.
    ///
    /// Lambda rejects a response of more than 6 MiB and 100 bytes
    /// ([`MAX_RESPONSE_BYTES`](crate::limits::MAX_RESPONSE_BYTES)), and with it the answers to all
    /// records of the batch. So a record whose output does not fit is answered `ProcessingFailed`,
    /// and its original goes under the error output prefix, or is
    /// [put back](Self::with_oversize). The other records are delivered. The runtime counts every
    /// byte that it writes. The default leaves 1 KiB, because AWS documents the limit as 6 MB and
    /// enforces a slightly different one.
    ///
    /// Every record gets an answer, even if the budget is too small for answers without output. An
    /// event whose answers without output exceed Lambda's limit is a
    /// [`MalformedEvent`](crate::MalformedEvent). Firehose sends no such event: its records, with
    /// arrival time and data, are longer than their answers without output.
    #[must_use]
    pub fn with_response_budget(mut self, bytes: usize) -> Self {
        self.response_budget = bytes;
        self
    }

    /// Sets the treatment of a record whose output does not fit into the response.
    ///
    /// Default: [`Oversize::Fail`].
    #[must_use]
    pub fn with_oversize(mut self, oversize: Oversize) -> Self {
        self.oversize = oversize;
        self
    }

    /// Sets the maximum number of records of an event that are started and not finished.
    ///
    /// Default: 16.
    ///
    /// The setting matters to a transform that awaits something. While one record waits, the next
    /// ones are started in the order of the event, and the answers keep that order. A finished
    /// output waits until all earlier records are finished. No record is started while the waiting
    /// outputs have 6 MiB together. With a concurrency of 1, the minimum, each record is finished
    /// before the next is started.
    ///
    /// Firehose also runs several invocations at once: for a Kinesis source, up to
    /// [five for each shard](https://docs.aws.amazon.com/firehose/latest/dev/limits.html).
    #[must_use]
    pub fn with_concurrency(mut self, records: usize) -> Self {
        self.concurrency = records.max(1);
        self
    }

    /// Sets the maximum number of threads that work on the records of an event, at least 1.
    ///
    /// Default: one for each vCPU of the function. Without the feature `lambda`: one, because
    /// another thread does not see a Tokio runtime that the transform may need.
    ///
    /// Lambda gives a function [one vCPU for each 1,769 MB of memory][memory], so a smaller
    /// function has one thread. Each batch begins on one thread. More threads start only if the
    /// times of the first records show that this saves milliseconds. Transforms that take tens of
    /// microseconds or more for a record are an example. When a record first waits for something,
    /// it moves to the first thread, and stays there. [`with_concurrency`](Self::with_concurrency)
    /// limits the records of all threads together. [`performance`](crate::performance) has the
    /// gain.
    ///
    /// An async transform that computes should yield now and then. `block_in_place` may fail on
    /// these threads: pass blocking work to `spawn_blocking`.
    ///
    /// [memory]: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
    #[must_use]
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// Sets the time between the end of the handler's work and the deadline of the invocation.
    ///
    /// Default: 1 second. The margin is never more than a quarter of the time of the invocation.
    ///
    /// When only the margin is left, no more records are started, and records that wait for
    /// something are given up. Finished records are delivered. All others are `ProcessingFailed`,
    /// so their originals go under the error output prefix. Without the margin, Lambda would end
    /// the function, and Firehose would fail the whole batch after its retries. One second is
    /// enough to write and send a response of 6 MB on a function of 128 MB, which has a fourteenth
    /// of a vCPU.
    ///
    /// A transform that computes without an await point is never given up. A deadline in the past
    /// is ignored, because local emulators send such deadlines. [`answer`](Self::answer) has no
    /// deadline. Your own runtime for `run_async` must have its timer enabled, as `#[tokio::main]`
    /// does.
    #[must_use]
    pub fn with_deadline_margin(mut self, margin: Duration) -> Self {
        self.deadline_margin = margin;
        self
    }

    /// Sets the [`Metrics`] that the `tower::Service` writes.
    ///
    /// Default: metrics in the namespace `FirehoseTransform` with the dimension `FunctionName`.
    #[cfg(feature = "lambda")]
    #[must_use]
    pub fn with_metrics(mut self, metrics: Metrics) -> Self {
        self.metrics = MetricsChoice::Own(Arc::new(metrics));
        self
    }

    /// Turns [`Metrics`] off.
    ///
    /// `FIREHOSE_TRANSFORM_METRICS=off` in the function's environment does the same without a new
    /// build.
    #[cfg(feature = "lambda")]
    #[must_use]
    pub fn without_metrics(mut self) -> Self {
        self.metrics = MetricsChoice::None;
        self
    }

    /// Answers one event. The event and the response are JSON text.
    ///
    /// # Errors
    ///
    /// If the event is not a Firehose event. The content of a record is never an error here.
    pub async fn answer(&self, event: impl Into<Bytes> + Send) -> Result<Answer, MalformedEvent> {
        self.answer_until(event.into(), "", Deadline::default(), Vec::new()).await
    }

    /// Answers one event like [`answer`](Self::answer), for an invocation that may take `time`.
    ///
    /// The work ends when only [the deadline margin](Self::with_deadline_margin) of this time is
    /// left. Records that are not started by then fail. Without the feature `lambda`, no timer
    /// wakes the handler, so a record that waits for something may take longer. With the feature,
    /// the Tokio runtime of the caller must have its timer enabled.
    ///
    /// # Errors
    ///
    /// If the event is not a Firehose event.
    pub async fn answer_within(
        &self,
        event: impl Into<Bytes> + Send,
        time: Duration,
    ) -> Result<Answer, MalformedEvent> {
        let deadline = Deadline::within(time, self.deadline_margin);
        self.answer_until(event.into(), "", deadline, Vec::new()).await
    }

    /// Answers the event of a request with a deadline, in epoch milliseconds.
    #[cfg(feature = "lambda")]
    pub(crate) async fn answer_invocation(
        &self,
        event: Bytes,
        request_id: &str,
        deadline: u64,
    ) -> Result<Answer, MalformedEvent> {
        let deadline = Deadline::of_invocation(deadline, self.deadline_margin);
        self.answer_until(event, request_id, deadline, self.buffers.take()).await
    }

    async fn answer_until(
        &self,
        event: Bytes,
        request_id: &str,
        deadline: Deadline,
        mut buffer: Vec<u8>,
    ) -> Result<Answer, MalformedEvent> {
        let start = Instant::now();
        let event_bytes = event.len();
        let event = Event::parse(&event)?;
        // Most outputs are about as long as their inputs.
        buffer.reserve_exact(event_bytes.min(self.response_budget));
        let mut writer = ResponseWriter::new(&event, buffer, self.response_budget);
        writer.check_answers_fit()?;
        let mut report = Report::new(&event);
        let batch = EventBatch::new(&event);
        let limits = self.limits(deadline);
        #[cfg(feature = "lambda")]
        let span = invocation_span(&report, request_id);
        #[cfg(not(feature = "lambda"))]
        let _ = request_id;
        let work = async {
            run_batch(&*self.transform, &batch, limits, &mut report, &mut writer).await;
            if let Oversize::Reingest(sink) = &self.oversize {
                put_back(
                    &*self.transform,
                    &**sink,
                    &event,
                    &batch,
                    deadline,
                    &mut writer,
                    &mut report,
                )
                .await;
            }
            report.add_failed_items(batch.invocation());
        };
        #[cfg(feature = "lambda")]
        let work = work.instrument(span);
        work.await;
        let response = writer.finish();
        report.event_bytes = event_bytes;
        report.response_bytes = response.len();
        report.response_budget = self.response_budget;
        report.duration = start.elapsed();
        Ok(Answer { response, report })
    }

    pub(crate) fn limits(&self, deadline: Deadline) -> BatchLimits {
        BatchLimits { concurrency: self.concurrency, threads: self.threads, deadline }
    }

    #[cfg(feature = "aws_lambda_events")]
    pub(crate) fn transform(&self) -> &T {
        &self.transform
    }
}

impl<T: Transform> From<T> for Handler<T> {
    fn from(transform: T) -> Self {
        Self::new(transform)
    }
}

impl<T> Clone for Handler<T> {
    fn clone(&self) -> Self {
        Self {
            transform: Arc::clone(&self.transform),
            response_budget: self.response_budget,
            oversize: self.oversize.clone(),
            concurrency: self.concurrency,
            threads: self.threads,
            deadline_margin: self.deadline_margin,
            #[cfg(feature = "lambda")]
            metrics: self.metrics.clone(),
            #[cfg(feature = "lambda")]
            buffers: self.buffers.clone(),
        }
    }
}

impl<T> fmt::Debug for Handler<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Handler").field(&type_name::<T>()).finish()
    }
}
