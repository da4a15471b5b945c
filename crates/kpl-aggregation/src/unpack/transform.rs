use bytes::Bytes;
use firehose_core::{BoxError, KinesisMetadata, Outcome, Record, Source, Transform, async_trait};

use crate::{
    deaggregator::Deaggregator, raw_user_record::RawUserRecord,
    unpack::joined_outputs::JoinedOutputs,
};

/// A Firehose transform that runs another one on each user record of an aggregate.
///
/// Joins the outputs into one, since Firehose accepts one output per record.
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
/// | `ProcessingFailed` for any, or some user records are [lost](crate::LostRecords) | `ProcessingFailed`: Firehose writes the unchanged aggregate, with all user records, under the error output prefix. The cause names up to five failed user records with their causes |
/// | `Ok` with different partition keys or Iceberg routing | `ProcessingFailed`: Firehose accepts one set of keys and one routing per record |
///
/// A damaged aggregate (wrong MD5, cut off) is not an aggregate. The inner transform receives its
/// bytes as one user record, and must reject them.
///
/// If an aggregate fails, Firehose delivers none of its user records and loses none. To deliver the
/// other user records anyway, return `Ok` or `Dropped` from the inner transform instead of a
/// failure.
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
pub struct Unpack<T> {
    inner: T,
    delimiter: Bytes,
}

impl<T: Transform> Unpack<T> {
    /// Runs `inner` on each user record, and ends each output with a newline.
    pub fn new(inner: T) -> Self {
        Self { inner, delimiter: Bytes::from_static(b"\n") }
    }

    /// Sets the delimiter. Default: a newline. An empty delimiter appends nothing.
    ///
    /// `AppendDelimiterToRecord` of the delivery stream works on whole records, not on user
    /// records. It appends a further newline to the joined output.
    #[must_use]
    pub fn with_delimiter(mut self, delimiter: impl Into<Bytes>) -> Self {
        self.delimiter = delimiter.into();
        self
    }
}

#[async_trait]
impl<T: Transform> Transform for Unpack<T> {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        let mut joined = JoinedOutputs::new(&self.delimiter, record.data().len());
        for user_record in Deaggregator::default().strict(true).deaggregate(record.data().clone()) {
            let user_record = user_record?;
            let number = user_record.sub_sequence_number();
            if !user_record.is_aggregated() {
                // The cause of a plain record needs no number: the record is the only one.
                match self.inner.transform(record.clone()).await? {
                    Outcome::ProcessingFailed(cause) => return Err(cause),
                    outcome => joined.add(number, outcome),
                }
                continue;
            }
            let outcome = self.inner.transform(as_record(&record, user_record)).await;
            joined.add(number, outcome.into());
        }
        joined.outcome()
    }
}

/// Returns the user record in the form that it would have without aggregation.
fn as_record(record: &Record, user_record: RawUserRecord) -> Record {
    let mut unpacked = record.clone();
    if let Source::Kinesis(metadata) = record.source()
        && let Some(partition_key) = user_record.partition_key()
    {
        let (shard_id, sequence_number) = (metadata.shard_id(), metadata.sequence_number());
        let mut own = KinesisMetadata::new(shard_id, partition_key, sequence_number)
            .with_subsequence_number(user_record.sub_sequence_number());
        if let Some(time) = metadata.arrival_time() {
            own = own.with_arrival_time(time);
        }
        unpacked = unpacked.with_source(Source::Kinesis(own));
    }
    unpacked.with_data(user_record.into_data())
}
