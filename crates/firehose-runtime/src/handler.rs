#[cfg(feature = "lambda")]
use std::time::Duration;
use std::{any::type_name, borrow::Cow, fmt, sync::Arc, time::Instant};

use bytes::Bytes;
use bytestring::ByteString;
use firehose_core::{KinesisMetadata, MskMetadata, Record, Source, Transform};

use crate::{
    Answer, Event, EventRecord, KinesisRecordMetadata, MalformedEvent, MskRecordMetadata, Report,
    deadline::Deadline,
    engine::{Incoming, answer_all},
    failure::{Cause, FailureKind},
    response::ResponseWriter,
};

/// 6 MiB less a margin: see [`Handler::with_response_budget`].
const DEFAULT_RESPONSE_BUDGET: usize = 6 * 1024 * 1024 - 1024;

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
    #[cfg(feature = "lambda")]
    deadline_margin: Duration,
}

impl<T: Transform> Handler<T> {
    /// A handler that runs this transform.
    pub fn new(transform: T) -> Self {
        Self {
            transform: Arc::new(transform),
            response_budget: DEFAULT_RESPONSE_BUDGET,
            #[cfg(feature = "lambda")]
            deadline_margin: DEFAULT_DEADLINE_MARGIN,
        }
    }

    /// Sets how many bytes a response may have; by default 6 MiB less 1 KiB.
    ///
    /// Lambda refuses a longer response than 6 MiB and 100 bytes, and with it the answers to
    /// all records of the batch. A record whose output does not fit any more is answered
    /// `ProcessingFailed`, so that its original goes under the error output prefix; the others
    /// are delivered. The runtime counts what it writes to the byte; the default keeps a
    /// kibibyte for what is not its own doing, such as a limit that AWS documents as 6 MB and
    /// enforces a little differently.
    ///
    /// Room for the shortest possible answers is kept for all records, whatever the budget.
    #[must_use]
    pub fn with_response_budget(mut self, bytes: usize) -> Self {
        self.response_budget = bytes;
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
        self.answer_until(event.into(), Deadline::default()).await
    }

    /// Answers the event of an invocation with a deadline, in epoch milliseconds.
    #[cfg(feature = "lambda")]
    pub(crate) async fn answer_invocation(
        &self,
        event: Bytes,
        deadline: u64,
    ) -> Result<Answer, MalformedEvent> {
        self.answer_until(event, Deadline::of_invocation(deadline, self.deadline_margin)).await
    }

    async fn answer_until(
        &self,
        event: Bytes,
        deadline: Deadline,
    ) -> Result<Answer, MalformedEvent> {
        let start = Instant::now();
        let text = EventBytes::new(event)?;
        let event = Event::parse_text(&text.0)?;
        let mut report = Report::new(
            event.invocation_id.as_deref(),
            event.records.iter().map(|record| record.record_id.as_deref()),
        );
        // Most transforms answer with about as much as they were given.
        let ids = event.records.iter().filter_map(|record| record.record_id.as_deref());
        let mut writer = ResponseWriter::new(text.0.len(), self.response_budget, ids);
        let incoming = event.records.iter().map(|record| text.incoming(&event, record));
        answer_all(&*self.transform, incoming, deadline, &mut report, |it| writer.push(it)).await;
        let response = writer.finish();
        report.event_bytes = text.0.len();
        report.response_bytes = response.len();
        report.response_budget = self.response_budget;
        report.duration = start.elapsed();
        Ok(Answer { response, report })
    }

    #[cfg(feature = "aws_lambda_events")]
    pub(crate) fn transform(&self) -> &T {
        &self.transform
    }
}

/// The text of an event, from which records take their parts without copying them.
struct EventBytes(ByteString);

impl EventBytes {
    fn new(event: Bytes) -> Result<Self, MalformedEvent> {
        match ByteString::try_from(event) {
            Ok(text) => Ok(Self(text)),
            Err(_) => Err(MalformedEvent::new("it is not UTF-8")),
        }
    }

    #[expect(clippy::ptr_arg, reason = "only what is borrowed is a part of this text")]
    fn text(&self, part: &Cow<'_, str>) -> ByteString {
        match part {
            Cow::Borrowed(part) => self.0.slice_ref(part),
            Cow::Owned(part) => part.as_str().into(),
        }
    }

    fn text_or_empty(&self, part: Option<&Cow<'_, str>>) -> ByteString {
        part.map(|part| self.text(part)).unwrap_or_default()
    }

    fn incoming(&self, event: &Event<'_>, record: &EventRecord<'_>) -> Incoming {
        let record_id = record.record_id.as_ref().map(|id| self.text(id));
        let field = event.payload_field(record);
        let source = self.source(event, record);
        let record = match record.payload() {
            Ok(data) => {
                let mut decoded = Record::new(record_id.clone().unwrap_or_default(), data)
                    .with_source(source.clone());
                if let Some(time) = record.arrival_time {
                    decoded = decoded.with_arrival_time(time);
                }
                Ok(decoded)
            }
            Err(error) => Err(Cause::new(FailureKind::BadPayload, &error.to_string())),
        };
        Incoming { record_id, field, source, record }
    }

    fn source(&self, event: &Event<'_>, record: &EventRecord<'_>) -> Source {
        if let Some(metadata) = &record.kinesis_record_metadata {
            Source::Kinesis(self.kinesis(metadata))
        } else if let Some(metadata) = &record.msk_record_metadata {
            Source::Msk(self.msk(metadata))
        } else if event.source_kinesis_stream_arn.is_some() {
            Source::Kinesis(KinesisMetadata::default())
        } else if event.payload_field(record) == crate::PayloadField::KafkaRecordValue {
            Source::Msk(MskMetadata::default())
        } else {
            Source::DirectPut
        }
    }

    fn kinesis(&self, metadata: &KinesisRecordMetadata<'_>) -> KinesisMetadata {
        let mut kinesis = KinesisMetadata::new(
            self.text_or_empty(metadata.shard_id.as_ref()),
            self.text_or_empty(metadata.partition_key.as_ref()),
            self.text_or_empty(metadata.sequence_number.as_ref()),
        );
        if let Some(number) = metadata.subsequence_number {
            kinesis = kinesis.with_subsequence_number(number);
        }
        if let Some(time) = metadata.arrival_time {
            kinesis = kinesis.with_arrival_time(time);
        }
        kinesis
    }

    fn msk(&self, metadata: &MskRecordMetadata<'_>) -> MskMetadata {
        let msk = MskMetadata::new(
            self.text_or_empty(metadata.partition_id.as_ref()),
            self.text_or_empty(metadata.offset.as_ref()),
        );
        match metadata.arrival_time {
            Some(time) => msk.with_arrival_time(time),
            None => msk,
        }
    }
}

impl<T> Clone for Handler<T> {
    fn clone(&self) -> Self {
        Self {
            transform: Arc::clone(&self.transform),
            response_budget: self.response_budget,
            #[cfg(feature = "lambda")]
            deadline_margin: self.deadline_margin,
        }
    }
}

impl<T> fmt::Debug for Handler<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Handler").field(&type_name::<T>()).finish()
    }
}
