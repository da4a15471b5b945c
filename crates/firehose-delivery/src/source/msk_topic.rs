use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    put_error::PutError,
    put_record::{KafkaPosition, PutRecord},
};
use crate::delivery_stream::{MskOrigin, StreamRecord};

/// The records of a topic of Amazon MSK as a delivery stream reads them.
///
/// | | here | source |
/// |---|---|---|
/// | partition | that of the input; otherwise 0 | our choice |
/// | offset | that of the input; otherwise the offset after the last one in the partition, from 0 | our choice |
/// | `recordId` | the partition in 10 digits, and the offset in 52 | the 62 digits are those of the sample event of AWS's Java library; their meaning is our choice |
#[derive(Clone, Debug)]
pub(crate) struct MskTopic {
    /// The next offset of each partition that has records.
    next_offsets: BTreeMap<u32, u64>,
    /// The largest record, in bytes.
    max_bytes: usize,
}

impl MskTopic {
    /// Returns a topic without records, with this largest record.
    pub(crate) fn new(max_bytes: usize) -> Self {
        Self { next_offsets: BTreeMap::new(), max_bytes }
    }

    /// Puts a record into the topic. A record without a time of arrival arrives `now`.
    ///
    /// # Errors
    ///
    /// If the record is too long. The topic accepts further records.
    pub(crate) fn put(
        &mut self,
        record: PutRecord,
        now: Timestamp,
    ) -> Result<StreamRecord, PutError> {
        let PutRecord { position, data, arrival_timestamp, kafka, .. } = record;
        if data.len() > self.max_bytes {
            let (bytes, limit) = (data.len() as u64, self.max_bytes);
            return Err(PutError::TooLarge { position, bytes, limit });
        }
        let KafkaPosition { partition, offset } = kafka;
        let partition = partition.unwrap_or_default();
        let next = self.next_offsets.entry(partition).or_default();
        let offset = offset.unwrap_or(*next);
        *next = (*next).max(offset.saturating_add(1));
        Ok(StreamRecord {
            position,
            record_id: format!("{partition:010}{offset:052}"),
            arrival_timestamp: arrival_timestamp.unwrap_or(now),
            data,
            processed: None,
            kinesis: None,
            msk: Some(MskOrigin { partition, offset }),
        })
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn put(topic: &mut MskTopic, partition: Option<u32>, offset: Option<u64>) -> (u32, u64) {
        let kafka = KafkaPosition { partition, offset };
        let record = PutRecord { kafka, ..PutRecord::new(1, Bytes::from_static(b"v")) };
        let record = topic.put(record, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(record.record_id.len(), 62);
        let MskOrigin { partition, offset } = record.msk.unwrap();
        (partition, offset)
    }

    #[test]
    fn each_partition_counts_its_offsets() {
        let mut topic = MskTopic::new(10);
        assert_eq!(put(&mut topic, None, None), (0, 0));
        assert_eq!(put(&mut topic, Some(2), None), (2, 0));
        assert_eq!(put(&mut topic, None, Some(7)), (0, 7));
        assert_eq!(put(&mut topic, None, Some(3)), (0, 3));
        assert_eq!(put(&mut topic, Some(0), None), (0, 8));
        assert_eq!(put(&mut topic, Some(1), Some(u64::MAX)), (1, u64::MAX));
        let long = PutRecord::new(1, Bytes::from_static(b"more than ten"));
        assert!(topic.put(long, Timestamp::UNIX_EPOCH).is_err());
    }
}
