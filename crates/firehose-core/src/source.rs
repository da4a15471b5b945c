use std::fmt;

use jiff::Timestamp;

/// The source from which Firehose read a record, with the metadata that the source adds.
///
/// ```
/// use firehose_core::{KinesisMetadata, Record, Source};
///
/// let metadata = KinesisMetadata::new("shardId-000000000000", "user-7", "4957278...");
/// let record = Record::new("record-1", "data").with_source(Source::Kinesis(metadata));
/// let Source::Kinesis(metadata) = record.source() else { panic!("a Kinesis record") };
/// assert_eq!(metadata.partition_key(), "user-7");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// A producer that calls `PutRecord` or `PutRecordBatch`.
    #[default]
    DirectPut,
    /// A Kinesis data stream.
    Kinesis(KinesisMetadata),
    /// A topic of an Amazon MSK cluster.
    Msk(MskMetadata),
}

/// The metadata of a record from a Kinesis data stream (`kinesisRecordMetadata`).
///
/// A field that is missing in the event is an empty text here. Kinesis never sends an empty text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct KinesisMetadata {
    /// The shard, the partition key and the sequence number, in one allocation.
    text: Box<str>,
    /// The offset of the partition key in `text`.
    partition_key: usize,
    /// The offset of the sequence number in `text`.
    sequence_number: usize,
    subsequence_number: Option<u64>,
    arrival_time: Option<Timestamp>,
}

impl KinesisMetadata {
    /// Creates metadata without a subsequence number and an arrival time.
    pub fn new(
        shard_id: impl AsRef<str>,
        partition_key: impl AsRef<str>,
        sequence_number: impl AsRef<str>,
    ) -> Self {
        let parts = [shard_id.as_ref(), partition_key.as_ref(), sequence_number.as_ref()];
        Self {
            text: parts.concat().into(),
            partition_key: parts[0].len(),
            sequence_number: parts[0].len() + parts[1].len(),
            ..Self::default()
        }
    }

    /// Sets the position of a user record within its KPL aggregate.
    #[must_use]
    pub fn with_subsequence_number(mut self, number: u64) -> Self {
        self.subsequence_number = Some(number);
        self
    }

    /// Sets the time at which the stream received the record.
    #[must_use]
    pub fn with_arrival_time(mut self, time: Timestamp) -> Self {
        self.arrival_time = Some(time);
        self
    }

    /// Returns the id of the shard that holds the record.
    pub fn shard_id(&self) -> &str {
        &self.text[..self.partition_key]
    }

    /// Returns the partition key from the producer. Each user record of a KPL aggregate has its own
    /// key.
    pub fn partition_key(&self) -> &str {
        &self.text[self.partition_key..self.sequence_number]
    }

    /// Returns the sequence number within the shard: a decimal number of more than 128 bits.
    pub fn sequence_number(&self) -> &str {
        &self.text[self.sequence_number..]
    }

    /// Returns the position within a KPL aggregate, from 0.
    ///
    /// Returns 0 also for a record that was not aggregated, and `None` if the event has no
    /// subsequence number.
    pub fn subsequence_number(&self) -> Option<u64> {
        self.subsequence_number
    }

    /// Returns the time at which the stream received the record, to the millisecond.
    pub fn arrival_time(&self) -> Option<Timestamp> {
        self.arrival_time
    }
}

impl fmt::Debug for KinesisMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KinesisMetadata")
            .field("shard_id", &self.shard_id())
            .field("partition_key", &self.partition_key())
            .field("sequence_number", &self.sequence_number())
            .field("subsequence_number", &self.subsequence_number)
            .field("arrival_time", &self.arrival_time)
            .finish()
    }
}

/// The metadata of a record from an MSK cluster (`mskRecordMetadata`).
///
/// A field that is missing in the event is an empty text here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MskMetadata {
    partition_id: String,
    offset: String,
    arrival_time: Option<Timestamp>,
}

impl MskMetadata {
    /// Creates metadata without an arrival time.
    pub fn new(partition_id: impl Into<String>, offset: impl Into<String>) -> Self {
        Self { partition_id: partition_id.into(), offset: offset.into(), arrival_time: None }
    }

    /// Sets the time at which the cluster received the record.
    #[must_use]
    pub fn with_arrival_time(mut self, time: Timestamp) -> Self {
        self.arrival_time = Some(time);
        self
    }

    /// Returns the partition of the topic, as decimal text.
    pub fn partition_id(&self) -> &str {
        &self.partition_id
    }

    /// Returns the offset within the partition, as decimal text.
    pub fn offset(&self) -> &str {
        &self.offset
    }

    /// Returns the time at which the cluster received the record, to the millisecond.
    pub fn arrival_time(&self) -> Option<Timestamp> {
        self.arrival_time
    }
}
