use bytes::Bytes;
use prost::Message;

use crate::{
    aggregate::Aggregate,
    aggregate_error::AggregateError,
    frame::{self, OVERHEAD},
    hash_key::HashKey,
    key_table::KeyTable,
    limits::{FIREHOSE_RECORD_BYTES, KINESIS_RECORD_BYTES, LARGEST_KINESIS_RECORD_BYTES},
    message::{AggregateMessage, RecordMessage, field_length},
};

/// Packs user records into aggregates, as the KPL and its Python relative do.
///
/// When a record does not fit any more, [`add`](Self::add) returns the full aggregate.
/// [`finish`](Self::finish) returns the rest. An aggregate stores repeated keys once.
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
    partition_keys: KeyTable,
    explicit_hash_keys: KeyTable,
    records: Vec<RecordMessage>,
    /// The exact length of the encoded message, in bytes.
    message_length: usize,
}

#[derive(Clone, Copy, Debug)]
struct Options {
    max_size: usize,
    count_partition_key: bool,
    single_plain: bool,
}

impl Aggregator {
    /// 1 MiB: the maximum record of a Kinesis stream unless it is raised
    /// ([source](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html)).
    ///
    /// Kinesis counts the partition key of the put too: see
    /// [`count_partition_key`](Self::count_partition_key).
    pub const DEFAULT_MAX_SIZE: usize = KINESIS_RECORD_BYTES;

    /// 1,000 KiB: the maximum record of a Firehose delivery stream, for aggregates that are put
    /// directly to it
    /// ([source](https://docs.aws.amazon.com/firehose/latest/APIReference/API_Record.html)).
    pub const FIREHOSE_MAX_SIZE: usize = FIREHOSE_RECORD_BYTES;

    /// 10 MiB: the largest maximum record that a Kinesis stream can be set to
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
    /// The peers do not count it, and Kinesis rejects their aggregates that are full to the last
    /// byte. Set this option before you add the first record.
    #[must_use]
    pub fn count_partition_key(mut self, count: bool) -> Self {
        self.options.count_partition_key = count;
        self
    }

    /// Returns a record that is alone in its aggregate without the frame. Default: false.
    ///
    /// The KPL itself does this, and its Python relative does not.
    #[must_use]
    pub fn single_plain(mut self, plain: bool) -> Self {
        self.options.single_plain = plain;
        self
    }

    /// Adds a user record, and returns the current aggregate if the record does not fit into it.
    /// Then the record is the first of the next aggregate.
    ///
    /// The partition key is not checked. Kinesis accepts 1 to 256 characters for the partition key
    /// of a put, which is that of the first record.
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
        // Kinesis rejects leading zeros.
        let is_canonical = |key: &str| key == "0" || !key.starts_with('0');
        let is_hash_key = |key: &str| is_canonical(key) && key.parse::<HashKey>().is_ok();
        if explicit_hash_key.is_some_and(|key| !is_hash_key(key)) {
            return Err(AggregateError::InvalidExplicitHashKey);
        }
        let data = data.into();
        let (record, growth) = self.place(partition_key, explicit_hash_key, data);
        let put_key = self.partition_keys.first().map_or(partition_key.len(), Bytes::len);
        if self.size_with(growth, put_key) <= self.options.max_size {
            self.push(partition_key, explicit_hash_key, record, growth);
            return Ok(None);
        }
        let mut next = Self::empty(self.options);
        let (record, growth) = next.place(partition_key, explicit_hash_key, record.data);
        let size = next.size_with(growth, partition_key.len());
        if size > self.options.max_size {
            return Err(AggregateError::TooLarge { size, max_size: self.options.max_size });
        }
        next.push(partition_key, explicit_hash_key, record, growth);
        let mut full = std::mem::replace(self, next);
        Ok(full.finish())
    }

    /// Returns the current aggregate and starts the next one; `None` if it has no records.
    pub fn finish(&mut self) -> Option<Aggregate> {
        if self.records.is_empty() {
            return None;
        }
        let empty = Self::empty(self.options);
        let full = std::mem::replace(self, empty);
        let text = |key: &Bytes| String::from_utf8_lossy(key).into_owned();
        let first = full.records.first().and_then(|record| record.explicit_hash_key_index);
        let aggregate = Aggregate {
            partition_key: full.partition_keys.first().map(text).unwrap_or_default(),
            explicit_hash_key: first.and_then(|_| full.explicit_hash_keys.first().map(text)),
            user_records: full.records.len(),
            data: Bytes::new(),
        };
        if self.options.single_plain && full.records.len() == 1 {
            let data = full.records.into_iter().next().map(|record| record.data);
            return Some(Aggregate { data: data.unwrap_or_default(), ..aggregate });
        }
        let message = AggregateMessage {
            partition_keys: full.partition_keys.into_keys(),
            explicit_hash_keys: full.explicit_hash_keys.into_keys(),
            records: full.records,
        };
        let data = frame::close(full.message_length, |buffer| message.encode_raw(buffer));
        Some(Aggregate { data, ..aggregate })
    }

    /// Returns the size of the current aggregate in bytes, including the frame; 20 if it is empty.
    pub fn size(&self) -> usize {
        self.size_with(0, self.partition_keys.first().map_or(0, Bytes::len))
    }

    /// Returns the number of user records in the current aggregate.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Returns true if the current aggregate has no user records.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    fn empty(options: Options) -> Self {
        Self {
            options,
            partition_keys: KeyTable::default(),
            explicit_hash_keys: KeyTable::default(),
            records: Vec::new(),
            message_length: 0,
        }
    }

    /// Returns the record with its indices, and the bytes that it adds to the message.
    fn place(
        &self,
        partition_key: &str,
        explicit_hash_key: Option<&str>,
        data: Bytes,
    ) -> (RecordMessage, usize) {
        let (partition_key_index, key_growth) = self.partition_keys.place(partition_key);
        let explicit = explicit_hash_key.map(|key| self.explicit_hash_keys.place(key));
        let record = RecordMessage {
            partition_key_index,
            explicit_hash_key_index: explicit.map(|(index, _)| index),
            data,
        };
        let hash_key_growth = explicit.map_or(0, |(_, growth)| growth);
        let growth = key_growth + hash_key_growth + field_length(record.encoded_len());
        (record, growth)
    }

    /// Returns the size of the aggregate with a message that is longer by `growth` bytes.
    fn size_with(&self, growth: usize, put_key: usize) -> usize {
        let put_key = if self.options.count_partition_key { put_key } else { 0 };
        self.message_length + growth + OVERHEAD + put_key
    }

    fn push(
        &mut self,
        partition_key: &str,
        explicit: Option<&str>,
        record: RecordMessage,
        growth: usize,
    ) {
        self.partition_keys.insert(partition_key);
        if let Some(key) = explicit {
            self.explicit_hash_keys.insert(key);
        }
        self.records.push(record);
        self.message_length += growth;
    }
}

impl Default for Aggregator {
    /// Creates an aggregator for aggregates of [`DEFAULT_MAX_SIZE`](Self::DEFAULT_MAX_SIZE).
    fn default() -> Self {
        let max_size = Self::DEFAULT_MAX_SIZE;
        Self::empty(Options { max_size, count_partition_key: false, single_plain: false })
    }
}
