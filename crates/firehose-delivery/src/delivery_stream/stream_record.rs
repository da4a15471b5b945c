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
    /// The origin in a Kinesis stream; `None` for a record of another source.
    pub kinesis: Option<KinesisOrigin>,
    /// The origin in a topic of Amazon MSK; `None` for a record of another source.
    pub msk: Option<MskOrigin>,
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

    /// Returns the shard of the record. A record of another source than a Kinesis stream counts as
    /// a record of the first shard.
    pub fn shard(&self) -> ShardId {
        self.kinesis.as_ref().map_or(ShardId::FIRST, |kinesis| kinesis.shard_id)
    }

    /// Returns the number of the record in its aggregate; 0 for a record of another source than a
    /// Kinesis stream.
    pub(crate) fn subsequence_number(&self) -> u64 {
        self.kinesis.as_ref().map_or(0, |kinesis| kinesis.subsequence_number)
    }

    /// Returns the id of the record for destinations other than S3: its sequence number, a dot, and
    /// its number in its aggregate, as in the error lines of
    /// <https://docs.aws.amazon.com/firehose/latest/dev/retry.html>.
    ///
    /// AWS does not document the id of a record of Direct PUT or of Amazon MSK. Here, the id of a
    /// record of Direct PUT has the sequence number in its record id. The id of a record of Amazon
    /// MSK is its partition, a dot and its offset. If a processor split the record off, the id also
    /// has the suffix of the record id.
    pub(crate) fn data_id(&self) -> String {
        let id = self.record_id.strip_prefix("shardId-").unwrap_or(&self.record_id);
        let (number, suffix) = match id.find('-') {
            Some(dash) => id.split_at(dash),
            None => (id, ""),
        };
        if let Some(KinesisOrigin { sequence_number, subsequence_number, .. }) = &self.kinesis {
            return format!("{sequence_number}.{subsequence_number}{suffix}");
        }
        if let Some(MskOrigin { partition, offset }) = self.msk {
            return format!("{partition}.{offset}{suffix}");
        }
        // The last 12 digits are zeros.
        let number = number.strip_suffix("000000000000").unwrap_or(number);
        format!("{}.0{suffix}", number.trim_start_matches('0'))
    }
}

/// The origin of a record in a Kinesis stream, as `kinesisRecordMetadata` of an event has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KinesisOrigin {
    /// The shard.
    pub shard_id: ShardId,
    /// The partition key. A user record of an aggregate has its own partition key.
    pub partition_key: String,
    /// The sequence number of the Kinesis record. All user records of an aggregate share it.
    pub sequence_number: Arc<str>,
    /// The number of a user record in its aggregate, counted from 0.
    pub subsequence_number: u64,
}

/// The origin of a record in a topic of Amazon MSK, as `mskRecordMetadata` of an event has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MskOrigin {
    /// The partition of the topic.
    pub partition: u32,
    /// The offset in the partition.
    pub offset: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The id of a record, and of a record that a processor split off it.
    #[test]
    fn a_record_that_was_split_off_has_an_id_of_its_own() {
        let kinesis = KinesisOrigin {
            shard_id: ShardId::FIRST,
            partition_key: String::new(),
            sequence_number: "495".into(),
            subsequence_number: 2,
        };
        let msk = MskOrigin { partition: 3, offset: 12 };
        let record = |record_id: &str, kinesis: Option<&KinesisOrigin>, msk| StreamRecord {
            position: 1,
            record_id: record_id.to_owned(),
            arrival_timestamp: Timestamp::UNIX_EPOCH,
            data: Bytes::new(),
            processed: None,
            kinesis: kinesis.cloned(),
            msk,
        };
        let direct_put = "shardId-0000000007000000000000";
        for (record_id, kinesis, msk, expected) in [
            (direct_put, None, None, "7.0"),
            ("495000002", Some(&kinesis), None, "495.2"),
            ("0000000003012", None, Some(msk), "3.12"),
        ] {
            assert_eq!(record(record_id, kinesis, msk).data_id(), expected);
            let split_off = format!("{record_id}-0001");
            assert_eq!(record(&split_off, kinesis, msk).data_id(), format!("{expected}-0001"));
        }
    }
}
