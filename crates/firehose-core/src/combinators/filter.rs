use std::fmt;

use async_trait::async_trait;

use crate::{BoxError, Outcome, Record, Transform};

/// See [`TransformExt::filter`](crate::TransformExt::filter).
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
}

impl<T: fmt::Debug, F> fmt::Debug for Filter<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Filter").field("transform", &self.transform).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{TransformExt, transform_fn};

    #[tokio::test]
    async fn drops_before_the_transform_runs() {
        let only_a = transform_fn(|record: Record| {
            assert_eq!(record.data(), "a");
            record.into_data()
        })
        .filter(|record| record.data() == "a");
        let outcome = only_a.transform(Record::new("1", "b")).await;
        assert!(matches!(outcome, Ok(Outcome::Dropped)));
        let outcome = only_a.transform(Record::new("1", "a")).await;
        assert!(matches!(outcome, Ok(Outcome::Ok(_))));
    }
}
