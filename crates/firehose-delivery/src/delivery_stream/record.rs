use std::sync::Arc;

use bytes::Bytes;

/// A record as a delivery stream has it: with an id, a time of arrival, and the metadata of its
/// source.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StreamRecord {
    /// Which record of the input it is or came from, counted from 1.
    pub position: u64,
    /// Firehose's id: unique in a run, the same in each retry.
    pub record_id: String,
    /// In milliseconds since 1970.
    pub arrival_timestamp: i64,
    /// The payload.
    pub data: Bytes,
    /// There for the records of a Kinesis stream.
    pub kinesis: Option<KinesisMetadata>,
}

/// What Firehose says of a record of a Kinesis stream.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KinesisMetadata {
    /// Such as `shardId-000000000000`.
    pub shard_id: Arc<str>,
    /// The partition key; of a user record, its own.
    pub partition_key: String,
    /// Of the Kinesis record; all user records of an aggregate have the same.
    pub sequence_number: Arc<str>,
    /// Counts the user records of an aggregate from 0.
    pub subsequence_number: u64,
}
