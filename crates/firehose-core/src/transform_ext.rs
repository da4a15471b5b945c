use bytes::Bytes;

use crate::{
    combinators::filter::Filter,
    combinators::partition_by::PartitionBy,
    combinators::then::Then,
    combinators::with_delimiter::WithDelimiter,
    outcome::BoxError,
    output::Output,
    record::Record,
    transform::{BoxTransform, Transform},
};

/// What users of a transform can do with it. Every [`Transform`] has it.
///
/// ```
/// use firehose_core::{Output, Record, TransformExt, json_fn, transform_fn};
/// use serde_json::Value;
///
/// let transform = json_fn(|value: Value| (value["level"] != "DEBUG").then_some(value))
///     .filter(|record: &Record| !record.data().is_empty())
///     .partition_by("day", |_: &Output| Ok("2026-01-31".to_owned()))
///     .then(transform_fn(|record: Record| record.into_data()))
///     .with_delimiter("\n");
/// # fn is_transform(_: impl firehose_core::Transform) {}
/// # is_transform(transform);
/// ```
pub trait TransformExt: Transform + Sized {
    /// Feeds the output of this transform to `next`.
    ///
    /// `Dropped` and `ProcessingFailed` end the chain. Partition keys accumulate: `next`
    /// adds to them and replaces those of the same name; Iceberg routing likewise.
    fn then<T: Transform>(self, next: T) -> Then<Self, T> {
        Then::new(self, next)
    }

    /// Lets only records through to this transform for which `predicate` is true; the
    /// others are `Dropped`.
    ///
    /// The predicate sees the record as it comes in, before everything that stands to its
    /// left in a chain. To drop by what comes out, answer `Dropped` in a step of the chain.
    fn filter<F>(self, predicate: F) -> Filter<Self, F>
    where
        F: Fn(&Record) -> bool + Send + Sync + 'static,
    {
        Filter::new(self, predicate)
    }

    /// Ends each output with `delimiter`, unless it ends with it already or is empty.
    ///
    /// Firehose writes outputs one after the other with nothing between them, so JSON lines
    /// need this, or the delivery stream's own `AppendDelimiterToRecord`. Not both: the two
    /// would give blank lines.
    fn with_delimiter(self, delimiter: impl Into<Bytes>) -> WithDelimiter<Self> {
        WithDelimiter::new(self, delimiter.into())
    }

    /// Adds the partition key `name` for dynamic partitioning, with a value computed from
    /// each output. An `Err` is `ProcessingFailed` for that record.
    fn partition_by<F>(self, name: impl Into<String>, value: F) -> PartitionBy<Self, F>
    where
        F: Fn(&Output) -> Result<String, BoxError> + Send + Sync + 'static,
    {
        PartitionBy::new(self, name.into(), value)
    }

    /// The transform behind a pointer, for when its type must not be named.
    fn boxed(self) -> BoxTransform {
        Box::new(self)
    }
}

impl<T: Transform> TransformExt for T {}
