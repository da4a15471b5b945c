use bytes::Bytes;
use firehose_core::{BoxError, ForEach, Outcome, Record, Transform, async_trait, for_each};

use crate::unpack::kpl_user_records::KplUserRecords;

/// A Firehose transform that runs another transform on each user record of an aggregate.
///
/// Joins the outputs into one, since Firehose accepts one output per record. `Unpack` is
/// [`for_each`] with the splitter [`KplUserRecords`].
///
/// Use this transform for records that reach Firehose as aggregates. A producer may put KPL
/// aggregates directly to the delivery stream (Direct PUT), or resend raw records that were saved
/// from a Kinesis stream. If the source is a Kinesis data stream, Firehose splits the aggregates
/// before it calls the function
/// ([source](https://docs.aws.amazon.com/streams/latest/dev/kpl-with-firehose.html)).
///
/// A record that is not an aggregate counts as one user record. Its output ends with the delimiter
/// too.
///
/// # Result of a record
///
/// | the inner transform returns | the record is |
/// |---|---|
/// | `Ok` for some, `Dropped` for the others | `Ok`: the outputs in their order. The delimiter is appended to each, unless the output ends with it or is empty |
/// | `Dropped` for all, or the aggregate is empty | `Dropped` |
/// | `ProcessingFailed` for any, or some user records are [lost](crate::LostRecords) | `ProcessingFailed`: Firehose writes the unchanged aggregate, with all user records, under the error output prefix. The cause has the numbers, counted from 1, and the causes of up to five failed user records |
/// | `Ok` with different partition keys or Iceberg routing | `ProcessingFailed`: Firehose accepts one set of keys and one routing per record |
///
/// A damaged aggregate (wrong MD5, cut off) is not an aggregate. The inner transform receives its
/// bytes as one user record, and must reject them.
///
/// If an aggregate fails, Firehose delivers none of its user records and loses none. To deliver the
/// other user records anyway, use [`for_each`] with
/// [`ItemErrors`](firehose_core::ItemErrors).
///
/// # Input of the inner transform
///
/// The inner transform processes one user record after the other, within the invocation. A panic on
/// a user record fails the aggregate. The inner transform receives each user record as a [`Record`]
/// with the id, the arrival time and the source of the aggregate. If the source is a Kinesis data
/// stream, the metadata has the partition key and the position of the user record.
///
/// ```
/// use firehose_core::{Record, Transform, transform_fn};
/// use kpl_aggregation::{Aggregator, Unpack};
///
/// let unpack = Unpack::new(transform_fn(|record: Record| record.into_data()));
///
/// let mut aggregator = Aggregator::default();
/// aggregator.add("key", None, r#"{"a":1}"#)?;
/// aggregator.add("key", None, r#"{"a":2}"#)?;
/// let aggregate = aggregator.finish().unwrap().into_data();
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let outcome = unpack.transform(Record::new("1", aggregate)).await.unwrap();
/// assert_eq!(outcome.output().unwrap().data(), "{\"a\":1}\n{\"a\":2}\n");
/// # });
/// # Ok::<_, kpl_aggregation::AggregateError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Unpack<T>(ForEach<KplUserRecords, T>);

impl<T: Transform> Unpack<T> {
    /// Runs `inner` on each user record, and ends each output with a newline.
    pub fn new(inner: T) -> Self {
        Self(for_each(KplUserRecords, inner))
    }

    /// Sets the delimiter. Default: a newline. An empty delimiter appends nothing.
    ///
    /// `AppendDelimiterToRecord` of the delivery stream works on whole records, not on user
    /// records. It appends a further newline to the joined output.
    #[must_use]
    pub fn with_delimiter(self, delimiter: impl Into<Bytes>) -> Self {
        Self(self.0.with_delimiter(delimiter))
    }
}

#[async_trait]
impl<T: Transform> Transform for Unpack<T> {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        self.0.transform(record).await
    }
}
