use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;

use super::{partition_keys::PartitionKeys, processed_data::ProcessedData, shard_id::ShardId};

/// A record of a delivery stream, with its id, its arrival and the origin that its source gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StreamRecord {
    /// The position of the record, or of its aggregate, in the input, counted from 1.
    pub position: u64,
    /// The id that Firehose gives the record: unique in a run, the same in each retry.
    pub record_id: String,
    /// The arrival, to the millisecond.
    ///
    /// [`firehose_runtime::Timestamp`] is the same type, so the arrival of an event needs no
    /// conversion. `jiff` also has the time zones that prefixes need.
    pub arrival_timestamp: Timestamp,
    /// The data as the delivery stream received it. An error line has this data as its `rawData`.
    pub data: Bytes,
    /// The result of the processors before the function; `None` if they did not change the record.
    pub processed: Option<Box<ProcessedData>>,
    /// The origin in a Kinesis stream; `None` for a record of Direct PUT.
    pub kinesis: Option<KinesisOrigin>,
}

impl StreamRecord {
    /// Returns the data for the function, or for the destination of a delivery stream without a
    /// function.
    #[inline]
    pub fn payload(&self) -> &Bytes {
        match &self.processed {
            None => &self.data,
            Some(processed) => &processed.data,
        }
    }

    /// Returns the partition keys that the processors before the function set.
    #[inline]
    pub fn partition_keys(&self) -> PartitionKeys<'_> {
        match &self.processed {
            None => PartitionKeys::NONE,
            Some(processed) => PartitionKeys {
                from_lambda: &processed.lambda_keys,
                from_query: &processed.query_keys,
            },
        }
    }

    /// Returns the shard of the record. A record of Direct PUT counts as a record of the first
    /// shard.
    pub fn shard(&self) -> ShardId {
        self.kinesis.as_ref().map_or(ShardId::FIRST, |kinesis| kinesis.shard_id)
    }
}

/// The origin of a record in a Kinesis stream, as `kinesisRecordMetadata` of an event has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KinesisOrigin {
    /// The shard.
    pub shard_id: ShardId,
    /// The partition key. A user record of an aggregate has its own.
    pub partition_key: String,
    /// The sequence number of the Kinesis record. All user records of an aggregate share it.
    pub sequence_number: Arc<str>,
    /// The number of a user record in its aggregate, counted from 0.
    pub subsequence_number: u64,
}
