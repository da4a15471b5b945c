use std::{collections::BTreeMap, num::NonZero, sync::Arc};

use jiff::Timestamp;
use kpl_aggregation::{HashKey, deaggregate};

use super::{
    limits::MAX_KINESIS_BYTES, put_error::PutError, put_record::PutRecord,
    sequence_number::SequenceNumber,
};
use crate::delivery_stream::{KinesisOrigin, ShardId, StreamRecord};

/// The records of a Kinesis data stream as a delivery stream reads them.
///
/// A record goes to a shard by its partition key and gets a sequence number. KPL aggregates are
/// de-aggregated.
#[derive(Clone, Debug)]
pub(crate) struct ShardedStream {
    shard_count: NonZero<u32>,
    /// The number of hash keys of each shard except the last.
    width: u128,
    /// The creation of the stream and its shards.
    created: Timestamp,
    /// The number of records in each shard. A shard without records has no entry.
    record_counts: BTreeMap<ShardId, u64>,
    /// The largest record, with its partition key, in bytes.
    max_bytes: usize,
}

impl ShardedStream {
    /// Returns a stream with this number of shards, at least one, created at this time.
    pub(crate) fn new(shards: u32, created: Timestamp) -> Self {
        let shard_count = NonZero::new(shards).unwrap_or(NonZero::<u32>::MIN);
        let count = u128::from(shard_count.get());
        // The width is 2^128 / count. For a single shard the width saturates, which changes
        // nothing.
        let spare = u128::from(u128::MAX % count == count - 1);
        let width = (u128::MAX / count).saturating_add(spare);
        let record_counts = BTreeMap::new();
        Self { shard_count, width, created, record_counts, max_bytes: MAX_KINESIS_BYTES }
    }

    /// Sets the largest record, with its partition key, in bytes. Default: [`MAX_KINESIS_BYTES`].
    pub(crate) fn with_max_bytes(self, max_bytes: usize) -> Self {
        Self { max_bytes, ..self }
    }

    /// Returns the shard that has this hash key.
    fn shard_of(&self, key: HashKey) -> ShardId {
        let last = self.shard_count.get() - 1;
        ShardId::new(u32::try_from(key.0 / self.width).map_or(last, |shard| shard.min(last)))
    }

    /// Puts a record into the stream, and appends the records that a delivery stream reads to
    /// `out`: one record, or the user records of an aggregate.
    ///
    /// The position of a record without a partition key becomes its key. A record without a time of
    /// arrival arrives `now`. The length of the partition key counts for the limit.
    ///
    /// # Errors
    ///
    /// If the record, or a part of it, is not in `out`. The stream accepts further records.
    pub(crate) fn put(
        &mut self,
        record: PutRecord,
        now: Timestamp,
        out: &mut Vec<StreamRecord>,
    ) -> Result<(), PutError> {
        let PutRecord { position, data, arrival_timestamp, partition_key, .. } = record;
        let put_key = partition_key
            .filter(|key| !key.is_empty())
            .unwrap_or_else(|| format!("key-{position:06}"));
        let bytes = data.len() + put_key.len();
        if bytes > self.max_bytes {
            let (bytes, limit) = (bytes as u64, self.max_bytes);
            return Err(PutError::TooLarge { position, bytes, limit });
        }
        let arrival_timestamp = arrival_timestamp.unwrap_or(now);
        let shard_id = self.shard_of(HashKey::of_partition_key(&put_key));
        let index = self.record_counts.entry(shard_id).or_default();
        *index += 1;
        let number = SequenceNumber::new(self.created, shard_id, *index, arrival_timestamp);
        let sequence_number: Arc<str> = number.as_str().into();

        let user_records = deaggregate(data);
        if user_records.len() == 0 {
            return Err(PutError::EmptyAggregate { position });
        }
        out.reserve(user_records.len());
        // A plain record has the key of the put.
        let mut put_key = Some(put_key);
        for user_record in user_records {
            let user_record =
                user_record.map_err(|lost| PutError::LostUserRecords { position, lost })?;
            let subsequence_number = user_record.sub_sequence_number();
            let partition_key = match user_record.partition_key() {
                Some(key) => key.to_owned(),
                None => put_key.take().unwrap_or_default(),
            };
            let kinesis = KinesisOrigin {
                shard_id,
                partition_key,
                sequence_number: Arc::clone(&sequence_number),
                subsequence_number,
            };
            out.push(StreamRecord {
                position,
                record_id: record_id(&sequence_number, subsequence_number),
                arrival_timestamp,
                data: user_record.into_data(),
                processed: None,
                kinesis: Some(kinesis),
                msk: None,
            });
        }
        Ok(())
    }
}

/// Returns the record id in Firehose's form. Most records have the subsequence number 0, for which
/// `concat` is several times as fast as `format!`.
fn record_id(sequence_number: &str, subsequence_number: u64) -> String {
    if subsequence_number == 0 {
        return [sequence_number, "000000"].concat();
    }
    format!("{sequence_number}{subsequence_number:06}")
}

#[cfg(test)]
mod tests;
