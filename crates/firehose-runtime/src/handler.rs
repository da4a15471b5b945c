#[cfg(feature = "lambda")]
use std::time::Duration;
use std::{any::type_name, fmt, sync::Arc, time::Instant};

use bytes::Bytes;
use firehose_core::Transform;

#[cfg(feature = "lambda")]
use crate::lambda::{Buffers, MetricsChoice};
use crate::{
    Answer, Event, MalformedEvent, Oversize, Report,
    engine::{Deadline, Limits, Verdict, answer_all},
    event_batch::EventBatch,
    oversize::put_back,
    response::ResponseWriter,
    vcpus::vcpus,
};

/// 6 MiB less a margin: see [`Handler::with_response_budget`].
const DEFAULT_RESPONSE_BUDGET: usize = 6 * 1024 * 1024 - 1024;

/// See [`Handler::with_concurrency`].
const DEFAULT_CONCURRENCY: usize = 16;

/// See [`Handler::with_deadline_margin`].
#[cfg(feature = "lambda")]
const DEFAULT_DEADLINE_MARGIN: Duration = Duration::from_secs(1);

/// Answers Firehose events with a transform.
///
/// [`run`](crate::run) makes one for you. Make your own to test a transform on whole events,
/// or to put `tower` layers around it: with the feature `lambda` it is a `tower::Service`
/// over `lambda_runtime::LambdaEvent`.
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
    #[cfg(feature = "lambda")]
    deadline_margin: Duration,
    #[cfg(feature = "lambda")]
    pub(crate) metrics: MetricsChoice,
    #[cfg(feature = "lambda")]
    pub(crate) buffers: Buffers,
}

impl<T: Transform> Handler<T> {
    /// A handler that runs this transform.
    pub fn new(transform: T) -> Self {
        Self {
            transform: Arc::new(transform),
            response_budget: DEFAULT_RESPONSE_BUDGET,
            oversize: Oversize::Fail,
            concurrency: DEFAULT_CONCURRENCY,
            threads: if cfg!(feature = "lambda") { vcpus() } else { 1 },
            #[cfg(feature = "lambda")]
            deadline_margin: DEFAULT_DEADLINE_MARGIN,
            #[cfg(feature = "lambda")]
            metrics: MetricsChoice::default(),
            #[cfg(feature = "lambda")]
            buffers: Buffers::default(),
        }
    }

    /// Sets how many bytes a response may have; by default 6 MiB less 1 KiB.
    ///
    /// Lambda refuses a longer response than 6 MiB and 100 bytes, and with it the answers to
    /// all records of the batch. A record whose output does not fit any more is answered
    /// `ProcessingFailed`, so that its original goes under the error output prefix, or
    /// [put back](Self::with_oversize); the others are delivered. The runtime counts what it writes to the byte; the default keeps a
    /// kibibyte for what is not its own doing, such as a limit that AWS documents as 6 MB and
    /// enforces a little differently.
    ///
    /// Room for the shortest possible answers is kept for all records, whatever the budget.
    #[must_use]
    pub fn with_response_budget(mut self, bytes: usize) -> Self {
        self.response_budget = bytes;
        self
    }

    /// Sets what becomes of a record whose output does not fit into the response any more; by
    /// default it fails.
    #[must_use]
    pub fn with_oversize(mut self, oversize: Oversize) -> Self {
        self.oversize = oversize;
        self
    }

    /// Sets how many records of an event may be under way at once, at least 1; by default 16.
    ///
    /// It matters to a transform that awaits something: while one record waits, others are
    /// started, in the order of the event, and the answers keep that order. Outputs that are
    /// finished before those in front of them wait for their turn; as long as they have 6 MiB
    /// together, nothing is started. Firehose has several
    /// invocations under way at once besides, for a Kinesis source up to
    /// [five a shard](https://docs.aws.amazon.com/firehose/latest/dev/limits.html). With 1, a
    /// record is finished before the next is started.
    #[must_use]
    pub fn with_concurrency(mut self, records: usize) -> Self {
        self.concurrency = records.max(1);
        self
    }

    /// Sets how many threads may work on the records of an event, at least 1; by default one
    /// for each vCPU of the function.
    ///
    /// Lambda gives a function [one vCPU for each 1,769 MB of memory][memory], so a function of
    /// no more has one thread. A batch is begun on one thread; others join once it is known
    /// that they save milliseconds, which is for transforms that take some tens of
    /// microseconds a record or more. What a record does before it first waits for something
    /// is shared; from there on it stays on the first thread. No more records than
    /// [`with_concurrency`](Self::with_concurrency) says are under way at once. Without the
    /// feature `lambda` the default is one thread, since others would not know of a Tokio
    /// runtime that the transform may need.
    ///
    /// A transform that is async and computes should yield now and then. `block_in_place` works
    /// on none of these threads for certain: give blocking work to `spawn_blocking`.
    ///
    /// [memory]: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
    #[must_use]
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// Sets how long before the deadline of an invocation no more records are started, and
    /// one that waits for something is given up; by default 1 second, and never more than a
    /// quarter of the time that there is.
    ///
    /// What is finished by then is delivered, and the rest is `ProcessingFailed`, so that its
    /// originals go under the error output prefix. Without that, Lambda would end the function,
    /// and Firehose would fail the whole batch after its retries. A second is enough to write
    /// and send a response of 6 MB with the CPU of a function of 128 MB, a fourteenth of one.
    ///
    /// A transform that computes without awaiting anything cannot be given up, only not
    /// started. A deadline that is past when the invocation starts is taken for none: local
    /// emulators send such. [`answer`](Self::answer) knows of no deadline. Your own runtime for
    /// [`run_async`](crate::run_async) needs its timer enabled, as `#[tokio::main]` has it.
    #[cfg(feature = "lambda")]
    #[must_use]
    pub fn with_deadline_margin(mut self, margin: Duration) -> Self {
        self.deadline_margin = margin;
        self
    }

    /// Answers one event, given and answered as JSON text.
    ///
    /// # Errors
    ///
    /// If the event is no Firehose event; nothing that a record contains is an error here.
    pub async fn answer(&self, event: impl Into<Bytes> + Send) -> Result<Answer, MalformedEvent> {
        self.answer_until(event.into(), Deadline::default(), Vec::new()).await
    }

    /// Answers the event of an invocation with a deadline, in epoch milliseconds.
    #[cfg(feature = "lambda")]
    pub(crate) async fn answer_invocation(
        &self,
        event: Bytes,
        deadline: u64,
    ) -> Result<Answer, MalformedEvent> {
        let deadline = Deadline::of_invocation(deadline, self.deadline_margin);
        self.answer_until(event, deadline, self.buffers.take()).await
    }

    async fn answer_until(
        &self,
        event: Bytes,
        deadline: Deadline,
        mut buffer: Vec<u8>,
    ) -> Result<Answer, MalformedEvent> {
        let start = Instant::now();
        let event_bytes = event.len();
        let event = Event::parse(&event)?;
        let mut report = Report::new(&event);
        // Most transforms answer with about as much as they were given.
        buffer.reserve_exact(event_bytes.min(self.response_budget));
        let mut writer = ResponseWriter::new(&event, buffer, self.response_budget);
        let batch = EventBatch(&event);
        let limits = self.limits(deadline);
        let answer = |index: usize, verdict: &Verdict| writer.push(index, verdict);
        answer_all(&*self.transform, &batch, limits, &mut report, answer).await;
        if let Oversize::Reingest(sink) = &self.oversize {
            put_back(&**sink, &event, &batch, deadline, &mut writer, &mut report).await;
        }
        let response = writer.finish();
        report.event_bytes = event_bytes;
        report.response_bytes = response.len();
        report.response_budget = self.response_budget;
        report.duration = start.elapsed();
        Ok(Answer { response, report })
    }

    pub(crate) fn limits(&self, deadline: Deadline) -> Limits {
        Limits { concurrency: self.concurrency, threads: self.threads, deadline }
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
            #[cfg(feature = "lambda")]
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
