use std::fmt;

use async_trait::async_trait;

use crate::{BoxError, Outcome, Output, Record, Transform};

/// See [`TransformExt::partition_by`](crate::TransformExt::partition_by).
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
}

impl<T: fmt::Debug, F> fmt::Debug for PartitionBy<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartitionBy")
            .field("transform", &self.transform)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{TransformExt, transform_fn};

    #[tokio::test]
    async fn keys_add_up_and_an_error_fails_the_record() {
        let identity = transform_fn(|record: Record| record.into_data());
        let keyed = identity
            .partition_by("length", |output| Ok(output.data().len().to_string()))
            .partition_by("first", |output| {
                let first = output.data().first().ok_or("the record is empty")?;
                Ok(char::from(*first).to_string())
            });
        let outcome = keyed.transform(Record::new("1", "abc")).await.unwrap();
        let keys = outcome.output().unwrap().partition_keys();
        assert_eq!((keys["length"].as_str(), keys["first"].as_str()), ("3", "a"));

        let error = keyed.transform(Record::new("1", "")).await.unwrap_err();
        assert_eq!(error.to_string(), "the record is empty");
    }
}
