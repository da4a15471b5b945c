use std::mem;

use bytes::Bytes;

use crate::{
    aggregate::Aggregate,
    aggregate_builder::AggregateBuilder,
    aggregate_error::AggregateError,
    hash_key::HashKey,
    limits::{FIREHOSE_RECORD_BYTES, KINESIS_RECORD_BYTES, LARGEST_KINESIS_RECORD_BYTES},
};

/// A writer that packs user records into aggregates, as the KPL and the Python package do.
///
/// When a record does not fit into the current aggregate, [`add`](Self::add) returns this
/// aggregate. [`finish`](Self::finish) returns the last aggregate. An aggregate stores repeated
/// keys once.
///
/// An aggregate has the records in the order of the calls, whatever keys they have. The Kinesis
/// Client Library skips an aggregate with keys of several shards. See [`ShardAggregator`] for
/// records with different keys.
///
/// [`ShardAggregator`]: crate::ShardAggregator
///
/// ```
/// use kpl_aggregation::Aggregator;
///
/// let mut aggregator = Aggregator::with_max_size(200)?;
/// let mut full = Vec::new();
/// for number in 0..10 {
///     full.extend(aggregator.add("sensor-1", None, format!("reading number {number}"))?);
/// }
/// full.extend(aggregator.finish());
/// assert_eq!(full.len(), 2);
/// // The arguments of the put to Kinesis.
/// assert_eq!(full[0].partition_key(), "sensor-1");
/// assert_eq!(full[0].explicit_hash_key(), None);
/// assert!(full[0].data().len() <= 200);
/// # Ok::<_, kpl_aggregation::AggregateError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Aggregator {
    options: Options,
    current: AggregateBuilder,
}

#[derive(Clone, Copy, Debug)]
struct Options {
    max_size: usize,
    count_partition_key: bool,
    single_plain: bool,
}

impl Aggregator {
    /// 1 MiB: the default maximum size of a record of a Kinesis stream
    /// ([source](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html)).
    ///
    /// Kinesis also counts the partition key of the put. See also
    /// [`count_partition_key`](Self::count_partition_key).
    pub const DEFAULT_MAX_SIZE: usize = KINESIS_RECORD_BYTES;

    /// 1,000 KiB: the maximum size of a record that a producer puts directly to a delivery stream
    /// ([source](https://docs.aws.amazon.com/firehose/latest/APIReference/API_Record.html)).
    pub const FIREHOSE_MAX_SIZE: usize = FIREHOSE_RECORD_BYTES;

    /// 10 MiB: the largest value for the maximum record size of a Kinesis stream
    /// ([source](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html)).
    pub const LARGEST_MAX_SIZE: usize = LARGEST_KINESIS_RECORD_BYTES;

    /// Creates an aggregator for aggregates of at most `max_size` bytes, including the frame.
    ///
    /// # Errors
    ///
    /// If `max_size` is over [`LARGEST_MAX_SIZE`](Self::LARGEST_MAX_SIZE).
    pub fn with_max_size(max_size: usize) -> Result<Self, AggregateError> {
        if max_size > Self::LARGEST_MAX_SIZE {
            return Err(AggregateError::InvalidMaxSize { max_size });
        }
        Ok(Self::empty(Options { max_size, count_partition_key: false, single_plain: false }))
    }

    /// Counts the partition key of the put towards the maximum size, as Kinesis does. Default:
    /// false.
    ///
    /// Other libraries do not count the key. Kinesis rejects their aggregate if its data and its
    /// key together exceed the maximum record size of the stream. Set this option before you add
    /// the first record.
    #[must_use]
    pub fn count_partition_key(mut self, count: bool) -> Self {
        self.options.count_partition_key = count;
        self
    }

    /// Omits the frame of an aggregate with a single user record. Default: false.
    ///
    /// The KPL itself omits the frame, and the Python package does not.
    #[must_use]
    pub fn single_plain(mut self, plain: bool) -> Self {
        self.options.single_plain = plain;
        self
    }

    /// Adds a user record, and returns the current aggregate if the record does not fit into it.
    /// Then the record is the first of the next aggregate.
    ///
    /// The partition key is not checked. Kinesis accepts 1 to 256 characters for the partition key
    /// of a put, which is the key of the first record.
    ///
    /// # Errors
    ///
    /// If the record does not fit into an aggregate of its own, or if the explicit hash key is
    /// invalid. Then the record is not added, and the aggregator is unchanged.
    pub fn add(
        &mut self,
        partition_key: &str,
        explicit_hash_key: Option<&str>,
        data: impl Into<Bytes>,
    ) -> Result<Option<Aggregate>, AggregateError> {
        if explicit_hash_key.is_some_and(|key| HashKey::from_explicit(key).is_none()) {
            return Err(AggregateError::InvalidExplicitHashKey);
        }
        let max_size = self.options.max_size;
        let (record, growth) =
            self.current.record_message(partition_key, explicit_hash_key, data.into());
        let put_key = self.current.put_key_length().unwrap_or(partition_key.len());
        let size = self.current.framed_length() + growth + self.counted_put_key(put_key);
        if size <= max_size {
            self.current.push(partition_key, explicit_hash_key, record, growth);
            return Ok(None);
        }
        let mut next = AggregateBuilder::default();
        let (record, growth) = next.record_message(partition_key, explicit_hash_key, record.data);
        let size = next.framed_length() + growth + self.counted_put_key(partition_key.len());
        if size > max_size {
            return Err(AggregateError::TooLarge { size, max_size });
        }
        next.push(partition_key, explicit_hash_key, record, growth);
        let full = mem::replace(&mut self.current, next);
        Ok(full.finish(self.options.single_plain))
    }

    /// Returns the current aggregate, or `None` if the aggregate has no records. Starts a new
    /// aggregate.
    pub fn finish(&mut self) -> Option<Aggregate> {
        mem::take(&mut self.current).finish(self.options.single_plain)
    }

    /// Returns the size of the current aggregate in bytes, including the frame. An empty aggregate
    /// has 20 bytes.
    ///
    /// With [`count_partition_key`](Self::count_partition_key), the size includes the partition
    /// key.
    pub fn size(&self) -> usize {
        let put_key = self.current.put_key_length().unwrap_or(0);
        self.current.framed_length() + self.counted_put_key(put_key)
    }

    /// Returns the number of user records in the current aggregate.
    pub fn len(&self) -> usize {
        self.current.len()
    }

    /// Returns `true` if the current aggregate has no user records.
    pub fn is_empty(&self) -> bool {
        self.current.len() == 0
    }

    /// Returns an aggregator with the same settings and no records.
    pub(crate) fn emptied(&self) -> Self {
        Self::empty(self.options)
    }

    fn empty(options: Options) -> Self {
        Self { options, current: AggregateBuilder::default() }
    }

    fn counted_put_key(&self, length: usize) -> usize {
        if self.options.count_partition_key { length } else { 0 }
    }
}

impl Default for Aggregator {
    /// Creates an aggregator for aggregates of [`DEFAULT_MAX_SIZE`](Self::DEFAULT_MAX_SIZE).
    fn default() -> Self {
        let max_size = Self::DEFAULT_MAX_SIZE;
        Self::empty(Options { max_size, count_partition_key: false, single_plain: false })
    }
}
