//! Records whose outputs do not fit into the response.

use std::{fmt, sync::Arc};

use firehose_core::Record;

use crate::{
    Event, Failure, Report,
    engine::{Batch, Deadline, drop_quietly, error_text, guarded},
    failure::shortened,
    reingest::{Origin, Reingest},
    response::ResponseWriter,
};

/// What becomes of a record whose output does not fit into the response any more.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Oversize {
    /// It is answered `ProcessingFailed`, and its original goes under the error output prefix.
    #[default]
    Fail,
    /// Its original is put back to where it came from and it is answered `Dropped`, so that
    /// Firehose hands it out once more. If it cannot be put back, it fails.
    ///
    /// No batch goes round for ever: a record whose output does not even fit into a response
    /// of its own fails, and of each batch at least one record is answered `Ok` or fails. One
    /// record may come back several times, in batches that are too full without it.
    Reingest(Arc<dyn Reingest>),
}

impl Oversize {
    /// [`Oversize::Reingest`] with this sink.
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

/// Puts back what the response had no room for, and answers it `Dropped` instead.
///
/// All of it stands in the response as failed by now, so that whatever happens here, nothing
/// is answered `Dropped` that is not back.
pub(crate) async fn put_back<B: Batch>(
    sink: &dyn Reingest,
    event: &Event<'_>,
    batch: &B,
    deadline: Deadline,
    writer: &mut ResponseWriter<'_>,
    report: &mut Report,
) {
    let mut indexes = writer.refused_that_fit_alone();
    // Some record must have its answer, or the same batch could come back for ever.
    if report.ok == 0 && report.failures.len() == indexes.len() && !indexes.is_empty() {
        indexes.remove(0);
    }
    // What the transform was given once can be decoded once more.
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
    let answers = guarded(deadline, || sink.put_back(&origin, records, deadline.stop())).await;
    let (mut answers, otherwise) = match answers {
        Ok(answers) => (answers.into_iter(), "the sink does not say that it was".to_owned()),
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
                let text = error_text(&error);
                drop_quietly(error);
                text
            }
            None => otherwise.clone(),
        };
        if let Ok(at) = report.failures.binary_search_by_key(&index, |failure| failure.index) {
            let failure = &mut report.failures[at];
            failure.cause = shortened(
                &format!("{}; it was not put back: {reason}", failure.cause),
                Failure::MAX_CAUSE_BYTES,
            );
        }
    }
    drop_quietly(answers);
    if put_back.is_empty() {
        return;
    }
    report.failures.retain(|failure| put_back.binary_search(&failure.index).is_err());
    report.dropped += put_back.len();
    report.put_back = put_back.len();
    writer.answer_dropped(&put_back);
}
