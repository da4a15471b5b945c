use async_trait::async_trait;
use bytes::{Bytes, BytesMut};

use crate::{
    outcome::{BoxError, Outcome},
    record::Record,
    transform::Transform,
};

/// The transform that [`TransformExt::with_delimiter`](crate::TransformExt::with_delimiter)
/// returns.
#[derive(Clone, Debug)]
pub struct WithDelimiter<T> {
    transform: T,
    delimiter: Bytes,
}

impl<T> WithDelimiter<T> {
    pub(crate) fn new(transform: T, delimiter: Bytes) -> Self {
        Self { transform, delimiter }
    }
}

#[async_trait]
impl<T: Transform> Transform for WithDelimiter<T> {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        let outcome = self.transform.transform(record).await?;
        let Outcome::Ok(output) = outcome else {
            return Ok(outcome);
        };
        if output.data().is_empty() || output.data().ends_with(&self.delimiter) {
            return Ok(Outcome::Ok(output));
        }
        let mut data = BytesMut::with_capacity(output.data().len() + self.delimiter.len());
        data.extend_from_slice(output.data());
        data.extend_from_slice(&self.delimiter);
        Ok(Outcome::Ok(output.with_data(data)))
    }

    fn halves(&self, record: &Record) -> Option<[Bytes; 2]> {
        self.transform.halves(record)
    }
}
