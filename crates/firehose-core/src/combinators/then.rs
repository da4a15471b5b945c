use async_trait::async_trait;
use bytes::Bytes;

use crate::{
    outcome::{BoxError, Outcome},
    record::Record,
    transform::Transform,
};

/// The transform that [`TransformExt::then`](crate::TransformExt::then) returns.
#[derive(Clone, Copy, Debug)]
pub struct Then<A, B> {
    first: A,
    next: B,
}

impl<A, B> Then<A, B> {
    pub(crate) fn new(first: A, next: B) -> Self {
        Self { first, next }
    }
}

#[async_trait]
impl<A: Transform, B: Transform> Transform for Then<A, B> {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        let earlier = match self.first.transform(record.clone()).await? {
            Outcome::Ok(output) => output,
            ended @ (Outcome::Dropped | Outcome::ProcessingFailed(_)) => return Ok(ended),
        };
        let record = record.with_data(earlier.data().clone());
        Ok(match self.next.transform(record).await? {
            Outcome::Ok(output) => Outcome::Ok(output.inherit(earlier)),
            ended @ (Outcome::Dropped | Outcome::ProcessingFailed(_)) => ended,
        })
    }

    fn halves(&self, record: &Record) -> Option<[Bytes; 2]> {
        self.first.halves(record)
    }
}
