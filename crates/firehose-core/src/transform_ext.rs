use bytes::Bytes;

use crate::{
    combinators::{
        filter::Filter, partition_by::PartitionBy, then::Then, with_delimiter::WithDelimiter,
    },
    outcome::BoxError,
    output::Output,
    record::Record,
    transform::{BoxTransform, Transform},
};

/// The combinators of a transform. Every [`Transform`] has them.
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
    /// Passes the output of this transform to `next`.
    ///
    /// `Dropped` and `ProcessingFailed` end the chain. Partition keys accumulate: `next` adds keys,
    /// and replaces keys of the same name. An Iceberg routing of `next` replaces an earlier
    /// routing.
    fn then<T: Transform>(self, next: T) -> Then<Self, T> {
        Then::new(self, next)
    }

    /// Passes to this transform only the records for which `predicate` returns true, and drops the
    /// others.
    ///
    /// If this transform is a chain, the predicate reads the record before the first step of the
    /// chain. To drop a record because of the output of a step, return `Dropped` from the next
    /// step.
    fn filter<F>(self, predicate: F) -> Filter<Self, F>
    where
        F: Fn(&Record) -> bool + Send + Sync + 'static,
    {
        Filter::new(self, predicate)
    }

    /// Appends `delimiter` to each output that is not empty and does not end with the delimiter.
    ///
    /// Firehose writes outputs without anything between them. For JSON lines, use either this
    /// delimiter or the setting `AppendDelimiterToRecord` of the delivery stream. Both together
    /// give blank lines.
    fn with_delimiter(self, delimiter: impl Into<Bytes>) -> WithDelimiter<Self> {
        WithDelimiter::new(self, delimiter.into())
    }

    /// Adds the partition key `name` for dynamic partitioning.
    ///
    /// `value` computes the value from each output. An `Err` is `ProcessingFailed` for that record.
    fn partition_by<F>(self, name: impl Into<String>, value: F) -> PartitionBy<Self, F>
    where
        F: Fn(&Output) -> Result<String, BoxError> + Send + Sync + 'static,
    {
        PartitionBy::new(self, name.into(), value)
    }

    /// Boxes the transform, so that code need not name its type.
    fn boxed(self) -> BoxTransform {
        Box::new(self)
    }
}

impl<T: Transform> TransformExt for T {}
