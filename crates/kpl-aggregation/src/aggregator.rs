use std::{collections::HashMap, error, fmt};

use bytes::Bytes;
use prost::Message;

use crate::{
    frame::{self, OVERHEAD},
    message::{AggregatedRecord, Record},
};

/// Packs user records into aggregates, as the KPL and its Python relative do.
///
/// [`add`](Self::add) hands back the aggregate that is full as soon as a record does not fit
/// into it, [`finish`](Self::finish) the rest. Keys that repeat are stored once.
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
/// // What Kinesis needs for the put.
/// assert_eq!(full[0].partition_key(), "sensor-1");
/// assert_eq!(full[0].explicit_hash_key(), None);
/// assert!(full[0].data().len() <= 200);
/// # Ok::<_, kpl_aggregation::AggregateError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Aggregator {
    options: Options,
    partition_keys: Table,
    explicit_hash_keys: Table,
    records: Vec<Record>,
    /// The exact length of the message so far.
    message_length: usize,
}

#[derive(Clone, Copy, Debug)]
struct Options {
    max_size: usize,
    count_partition_key: bool,
    single_plain: bool,
}

/// A table of keys, in the order of their first use.
#[derive(Clone, Debug, Default)]
struct Table {
    keys: Vec<Bytes>,
    index: HashMap<Bytes, u64>,
}

/// A finished aggregate: the data of one Kinesis record, and what to put it with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aggregate {
    partition_key: String,
    explicit_hash_key: Option<String>,
    data: Bytes,
    user_records: usize,
}

/// Why a record cannot be aggregated, or a size cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AggregateError {
    /// The record does not fit into an aggregate of its own. Nothing has changed.
    TooLarge {
        /// What an aggregate of this record alone would count.
        size: usize,
        /// What an aggregate may count.
        max_size: usize,
    },
    /// The explicit hash key is no decimal number of 0 to 2^128 - 1.
    InvalidExplicitHashKey,
    /// A maximum over [`Aggregator::LARGEST_MAX_SIZE`].
    InvalidMaxSize {
        /// The maximum.
        max_size: usize,
    },
}

impl Aggregator {
    /// 1 MiB: what a stream takes unless its maximum record size was raised, the partition
    /// key of the put included: see [`count_partition_key`](Self::count_partition_key).
    pub const DEFAULT_MAX_SIZE: usize = 1024 * 1024;

    /// 1,000 KiB: what a Firehose delivery stream takes as one record, for aggregates that are
    /// put straight to it
    /// ([source](https://docs.aws.amazon.com/firehose/latest/APIReference/API_Record.html)).
    pub const FIREHOSE_MAX_SIZE: usize = 1000 * 1024;

    /// 10 MiB: the largest record that a stream can be set to take
    /// ([source](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html)).
    pub const LARGEST_MAX_SIZE: usize = 10 * 1024 * 1024;

    /// An aggregator for aggregates of at most this many bytes, frame included.
    ///
    /// # Errors
    ///
    /// If it is over [`LARGEST_MAX_SIZE`](Self::LARGEST_MAX_SIZE).
    pub fn with_max_size(max_size: usize) -> Result<Self, AggregateError> {
        if max_size > Self::LARGEST_MAX_SIZE {
            return Err(AggregateError::InvalidMaxSize { max_size });
        }
        Ok(Self::empty(Options { max_size, count_partition_key: false, single_plain: false }))
    }

    /// Counts the partition key of the put towards the maximum, as Kinesis does. The peers do
    /// not, and Kinesis refuses what they have filled to the last byte. Set it before the first
    /// record.
    #[must_use]
    pub fn count_partition_key(mut self, count: bool) -> Self {
        self.options.count_partition_key = count;
        self
    }

    /// Hands out a record that is alone in its aggregate as it is, without the frame, as the
    /// KPL itself does and its Python relative does not.
    #[must_use]
    pub fn single_plain(mut self, plain: bool) -> Self {
        self.options.single_plain = plain;
        self
    }

    /// Adds a record. If it does not fit any more, the aggregate so far is handed back, and
    /// the record is the first of the next one.
    ///
    /// The partition key is not checked: Kinesis takes 1 to 256 characters for that of a put,
    /// which is the first record's.
    ///
    /// # Errors
    ///
    /// If the record would not even fit into an aggregate of its own, or the explicit hash key
    /// is none. Then nothing has changed, and the record is not added.
    pub fn add(
        &mut self,
        partition_key: &str,
        explicit_hash_key: Option<&str>,
        data: impl Into<Bytes>,
    ) -> Result<Option<Aggregate>, AggregateError> {
        // Kinesis takes no zeroes in front.
        let is_written = |key: &str| key == "0" || !key.starts_with('0');
        let is_hash_key = |key: &str| is_written(key) && key.parse::<crate::HashKey>().is_ok();
        if explicit_hash_key.is_some_and(|key| !is_hash_key(key)) {
            return Err(AggregateError::InvalidExplicitHashKey);
        }
        let data = data.into();
        let (record, growth) = self.place(partition_key, explicit_hash_key, data);
        let put_key = self.partition_keys.keys.first().map_or(partition_key.len(), Bytes::len);
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

    /// The aggregate of what was added since the last one; `None` if that is nothing.
    pub fn finish(&mut self) -> Option<Aggregate> {
        if self.records.is_empty() {
            return None;
        }
        let empty = Self::empty(self.options);
        let full = std::mem::replace(self, empty);
        let text = |key: &Bytes| String::from_utf8_lossy(key).into_owned();
        let first = full.records.first().and_then(|record| record.explicit_hash_key_index);
        let aggregate = Aggregate {
            partition_key: full.partition_keys.keys.first().map(text).unwrap_or_default(),
            explicit_hash_key: first.and_then(|_| full.explicit_hash_keys.keys.first().map(text)),
            user_records: full.records.len(),
            data: Bytes::new(),
        };
        if self.options.single_plain && full.records.len() == 1 {
            let data = full.records.into_iter().next().map(|record| record.data);
            return Some(Aggregate { data: data.unwrap_or_default(), ..aggregate });
        }
        let message = AggregatedRecord {
            partition_keys: full.partition_keys.keys,
            explicit_hash_keys: full.explicit_hash_keys.keys,
            records: full.records,
        };
        let data = frame::close(full.message_length, |buffer| message.encode_raw(buffer));
        Some(Aggregate { data, ..aggregate })
    }

    /// What the aggregate so far would count, frame included; 20 if it is empty.
    pub fn size(&self) -> usize {
        self.size_with(0, self.partition_keys.keys.first().map_or(0, Bytes::len))
    }

    /// How many records wait in the aggregate so far.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether no record waits.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    fn empty(options: Options) -> Self {
        Self {
            options,
            partition_keys: Table::default(),
            explicit_hash_keys: Table::default(),
            records: Vec::new(),
            message_length: 0,
        }
    }

    /// The record with its indices, and by how much it makes the message longer.
    fn place(
        &self,
        partition_key: &str,
        explicit_hash_key: Option<&str>,
        data: Bytes,
    ) -> (Record, usize) {
        let (partition_key_index, key_growth) = self.partition_keys.place(partition_key);
        let explicit = explicit_hash_key.map(|key| self.explicit_hash_keys.place(key));
        let record = Record {
            partition_key_index,
            explicit_hash_key_index: explicit.map(|(index, _)| index),
            data,
        };
        let hash_key_growth = explicit.map_or(0, |(_, growth)| growth);
        let growth = key_growth + hash_key_growth + field_length(record.encoded_len());
        (record, growth)
    }

    /// What the aggregate would count with a message that is longer by `growth`.
    fn size_with(&self, growth: usize, put_key: usize) -> usize {
        let put_key = if self.options.count_partition_key { put_key } else { 0 };
        self.message_length + growth + OVERHEAD + put_key
    }

    fn push(&mut self, partition_key: &str, explicit: Option<&str>, record: Record, growth: usize) {
        self.partition_keys.insert(partition_key);
        if let Some(key) = explicit {
            self.explicit_hash_keys.insert(key);
        }
        self.records.push(record);
        self.message_length += growth;
    }
}

impl Default for Aggregator {
    /// One for aggregates of [`DEFAULT_MAX_SIZE`](Self::DEFAULT_MAX_SIZE).
    fn default() -> Self {
        let max_size = Self::DEFAULT_MAX_SIZE;
        Self::empty(Options { max_size, count_partition_key: false, single_plain: false })
    }
}

impl Table {
    /// The index that a key has or would get, and by how much it makes the message longer.
    fn place(&self, key: &str) -> (u64, usize) {
        match self.index.get(key.as_bytes()) {
            Some(index) => (*index, 0),
            None => (self.keys.len() as u64, field_length(key.len())),
        }
    }

    fn insert(&mut self, key: &str) {
        if !self.index.contains_key(key.as_bytes()) {
            let key = Bytes::copy_from_slice(key.as_bytes());
            self.index.insert(key.clone(), self.keys.len() as u64);
            self.keys.push(key);
        }
    }
}

/// The length of a length-delimited field of this much content. Tags are below 16: a byte.
fn field_length(content: usize) -> usize {
    1 + prost::length_delimiter_len(content) + content
}

impl Aggregate {
    /// The partition key to put it with: that of the first user record.
    pub fn partition_key(&self) -> &str {
        &self.partition_key
    }

    /// The explicit hash key to put it with: that of the first user record, if it has one.
    pub fn explicit_hash_key(&self) -> Option<&str> {
        self.explicit_hash_key.as_deref()
    }

    /// The data to put.
    pub fn data(&self) -> &Bytes {
        &self.data
    }

    /// The data by value.
    pub fn into_data(self) -> Bytes {
        self.data
    }

    /// How many user records are in it; never none.
    pub fn user_records(&self) -> usize {
        self.user_records
    }
}

impl fmt::Display for AggregateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { size, max_size } => write!(
                f,
                "the record needs an aggregate of {size} bytes, and the maximum is {max_size}"
            ),
            Self::InvalidExplicitHashKey => {
                f.write_str("the explicit hash key is not a decimal number of 0 to 2^128 - 1")
            }
            Self::InvalidMaxSize { max_size } => write!(
                f,
                "aggregates of {max_size} bytes are over the largest record that Kinesis takes, {}",
                Aggregator::LARGEST_MAX_SIZE
            ),
        }
    }
}

impl error::Error for AggregateError {}
