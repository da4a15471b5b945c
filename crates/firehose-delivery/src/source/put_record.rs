use bytes::Bytes;
use jiff::Timestamp;
use kpl_aggregation::Aggregator;

/// The largest record that a producer can put to a delivery stream, 1,000 KiB:
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_Record.html>.
pub const MAX_DIRECT_PUT_BYTES: usize = Aggregator::FIREHOSE_MAX_SIZE;

/// The largest record of a Kinesis stream whose maximum was not raised, 1 MiB, its partition key
/// included: <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Record.html>.
pub const MAX_KINESIS_BYTES: usize = Aggregator::DEFAULT_MAX_SIZE;

/// A record as a producer puts it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PutRecord {
    /// Which record of the whole input it is, counted from 1.
    pub position: u64,
    /// The payload.
    pub data: Bytes,
    /// The arrival, if the input has it.
    pub arrival_timestamp: Option<Timestamp>,
    /// Its partition key, if the input has one.
    pub partition_key: Option<String>,
}

impl PutRecord {
    /// A record that says no more than its payload.
    pub fn new(position: u64, data: Bytes) -> Self {
        Self { position, data, arrival_timestamp: None, partition_key: None }
    }
}

/// What the input has at one position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputItem {
    /// A record.
    Record(PutRecord),
    /// A record that AWS would not take. It was passed over, and was never in memory as a whole,
    /// unless it came in an event.
    TooLarge {
        /// Which record of the whole input it is, counted from 1.
        position: u64,
        /// How long it is.
        bytes: u64,
        /// How long it may be.
        limit: usize,
    },
    /// A record of an event without a payload that can be decoded: no producer could put it.
    Unreadable {
        /// Which record of the whole input it is, counted from 1.
        position: u64,
        /// What is wrong with it.
        reason: String,
    },
}
