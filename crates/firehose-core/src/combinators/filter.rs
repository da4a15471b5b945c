use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;

use crate::{
    outcome::{BoxError, Outcome},
    record::Record,
    transform::Transform,
};

/// The transform that [`TransformExt::filter`](crate::TransformExt::filter) returns.
#[derive(Clone, Copy)]
pub struct Filter<T, F> {
    transform: T,
    predicate: F,
}

impl<T, F> Filter<T, F> {
    pub(crate) fn new(transform: T, predicate: F) -> Self {
        Self { transform, predicate }
    }
}

#[async_trait]
impl<T, F> Transform for Filter<T, F>
where
    T: Transform,
    F: Fn(&Record) -> bool + Send + Sync + 'static,
{
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        if (self.predicate)(&record) {
            self.transform.transform(record).await
        } else {
            Ok(Outcome::Dropped)
        }
    }

    fn halves(&self, record: &Record) -> Option<[Bytes; 2]> {
        self.transform.halves(record)
    }
}

impl<T: fmt::Debug, F> fmt::Debug for Filter<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter").field("transform", &self.transform).finish_non_exhaustive()
    }
}
