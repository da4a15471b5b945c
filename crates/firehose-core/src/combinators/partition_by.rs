use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;

use crate::{
    outcome::{BoxError, Outcome},
    output::Output,
    record::Record,
    transform::Transform,
};

/// The transform that [`TransformExt::partition_by`](crate::TransformExt::partition_by) returns.
#[derive(Clone)]
pub struct PartitionBy<T, F> {
    transform: T,
    name: String,
    value: F,
}

impl<T, F> PartitionBy<T, F> {
    pub(crate) fn new(transform: T, name: String, value: F) -> Self {
        Self { transform, name, value }
    }
}

#[async_trait]
impl<T, F> Transform for PartitionBy<T, F>
where
    T: Transform,
    F: Fn(&Output) -> Result<String, BoxError> + Send + Sync + 'static,
{
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        let outcome = self.transform.transform(record).await?;
        let Outcome::Ok(output) = outcome else {
            return Ok(outcome);
        };
        let value = (self.value)(&output)?;
        Ok(Outcome::Ok(output.with_partition_key(self.name.as_str(), value)))
    }

    fn halves(&self, record: &Record) -> Option<[Bytes; 2]> {
        self.transform.halves(record)
    }
}

impl<T: fmt::Debug, F> fmt::Debug for PartitionBy<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartitionBy")
            .field("transform", &self.transform)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
