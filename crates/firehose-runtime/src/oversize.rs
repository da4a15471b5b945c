use std::{fmt, sync::Arc};

use firehose_core::Record;

use crate::{
    cause::shortened,
    engine::{
        batch::Batch,
        catch_panic::drop_catching,
        deadline::Deadline,
        isolate::{isolate, isolated_text},
    },
    event::firehose_event::Event,
    failure::Failure,
    reingest::{origin::Origin, sink::Reingest},
    report::Report,
    response::writer::ResponseWriter,
};

/// The treatment of a record whose output does not fit into the response.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Oversize {
    /// The record is answered `ProcessingFailed`, and its original goes under the error output
    /// prefix.
    #[default]
    Fail,
    /// The original is put back to its source, and the record is answered `Dropped`. Firehose then
    /// sends the original again in a later batch. A record that cannot be put back fails.
    ///
    /// No batch comes back forever. A record whose output does not fit even alone into a response
    /// fails, and at least one record of each batch is answered `Ok` or fails. A record comes
    /// back each time the other records of its batch fill the response.
    Reingest(Arc<dyn Reingest>),
}

impl Oversize {
    /// Returns [`Oversize::Reingest`] with this sink.
    ///
    /// ```
    /// use firehose_runtime::{Handler, Oversize, Record, transform_fn};
    /// # use firehose_runtime::{BoxError, async_trait, reingest::{Origin, Reingest}};
    /// # struct AwsReingest;
    /// # impl AwsReingest { fn from_env() -> Self { Self } }
    /// # #[async_trait]
    /// # impl Reingest for AwsReingest {
    /// #     async fn put_back(&self, _: &Origin, _: Vec<Record>, _: Option<std::time::Instant>) -> Vec<Result<(), BoxError>> { vec![] }
    /// # }
    ///
    /// // With the feature `reingest`: use firehose_runtime::reingest::AwsReingest;
    /// let handler = Handler::new(transform_fn(|record: Record| record.into_data()))
    ///     .with_oversize(Oversize::reingest(AwsReingest::from_env()));
    /// ```
    pub fn reingest(sink: impl Reingest) -> Self {
        Self::Reingest(Arc::new(sink))
    }
}

impl fmt::Debug for Oversize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fail => "Fail",
            Self::Reingest(_) => "Reingest",
        })
    }
}

/// Puts back the records that the response had no room for, and answers them `Dropped`.
///
/// The response answers these records `ProcessingFailed` at first, so that no record is answered
/// `Dropped` before it is put back.
pub(crate) async fn put_back<B: Batch>(
    sink: &dyn Reingest,
    event: &Event<'_>,
    batch: &B,
    deadline: Deadline,
    writer: &mut ResponseWriter<'_>,
    report: &mut Report,
) {
    let mut indexes = writer.refused_that_fit_alone();
    // One record must fail, or the same batch could come back forever.
    if report.ok == 0 && report.failures.len() == indexes.len() && !indexes.is_empty() {
        indexes.remove(0);
    }
    // These records were decoded before, so decoding succeeds again.
    let decoded = indexes.into_iter().filter_map(|index| Some((index, batch.record(index).ok()?)));
    let (indexes, records): (Vec<usize>, Vec<Record>) = decoded.unzip();
    if records.is_empty() {
        return;
    }
    let origin = Origin {
        region: event.region.as_deref().map(str::to_owned),
        delivery_stream_arn: event.delivery_stream_arn.as_deref().map(str::to_owned),
        source_kinesis_stream_arn: event.source_kinesis_stream_arn.as_deref().map(str::to_owned),
    };
    let answers = isolate(deadline, || sink.put_back(&origin, records, deadline.stop())).await;
    let (mut answers, default_reason) = match answers {
        Ok(answers) => (answers.into_iter(), "the sink returned no result for it".to_owned()),
        Err(cause) => (Vec::new().into_iter(), cause.text),
    };
    let mut put_back = Vec::new();
    for index in indexes {
        let reason = match answers.next() {
            Some(Ok(())) => {
                put_back.push(index);
                continue;
            }
            Some(Err(error)) => {
                let text = isolated_text(&error);
                drop_catching(error);
                text
            }
            None => default_reason.clone(),
        };
        if let Ok(at) = report.failures.binary_search_by_key(&index, |failure| failure.index) {
            let failure = &mut report.failures[at];
            failure.cause = shortened(
                &format!("{}; the record was not put back: {reason}", failure.cause),
                Failure::MAX_CAUSE_BYTES,
            );
        }
    }
    drop_catching(answers);
    if put_back.is_empty() {
        return;
    }
    report.failures.retain(|failure| put_back.binary_search(&failure.index).is_err());
    report.dropped += put_back.len();
    report.put_back = put_back.len();
    writer.answer_dropped(&put_back);
}
