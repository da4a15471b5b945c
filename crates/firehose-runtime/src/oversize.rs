use std::{fmt, sync::Arc};

use crate::reingest::sink::Reingest;

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
    /// If the output of a record alone is too large for a response, and the transform splits the
    /// record ([`Transform::halves`](crate::Transform::halves)), the record goes back as two
    /// records. If the transform does not split it, the record fails.
    ///
    /// No batch comes back forever: at least one record of each batch is answered `Ok`, fails or goes
    /// back as two smaller ones. A record comes back each time the other records of its batch fill the
    /// response.
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
