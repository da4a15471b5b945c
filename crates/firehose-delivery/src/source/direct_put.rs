use jiff::Timestamp;

use super::{
    limits::MAX_DIRECT_PUT_BYTES, put_error::PutError, put_record::PutRecord,
    sequence_number::SequenceNumber,
};
use crate::delivery_stream::{ShardId, StreamRecord};

/// A delivery stream that gives an id and an arrival time to each record of its producers.
///
/// AWS does not document the parts of an id. Captured ids, as in
/// `fixtures/events/UKHomeOffice-firehose-splunk-tf-module-captured-directput-cwl-event.json`,
/// have `shardId-`, 140 digits and 12 zeros. The 140 digits are zeros and then a sequence number
/// like that of a Kinesis stream.
///
/// KPL aggregates are not de-aggregated: AWS documents de-aggregation only for Kinesis streams.
///
/// ```
/// use bytes::Bytes;
/// use firehose_delivery::source::{DirectPut, PutRecord};
/// use firehose_runtime::Timestamp;
///
/// let created = Timestamp::from_second(1_763_000_000)?;
/// let now = Timestamp::from_second(1_763_000_060)?;
/// let mut stream = DirectPut::new(created);
/// let record = stream.put(PutRecord::new(1, Bytes::from("21.5")), now)?;
/// assert!(record.record_id.starts_with("shardId-0000"));
/// assert_eq!(record.arrival_timestamp, now);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct DirectPut {
    /// The creation of the stream.
    created: Timestamp,
    /// The number of records in the stream.
    index: u64,
}

const ZEROS_BEFORE: &str = concat!(
    "0000000000000000000000000000",
    "0000000000000000000000000000",
    "0000000000000000000000000000"
);

const ZEROS_AFTER: &str = "000000000000";

impl DirectPut {
    /// Returns a delivery stream created at this time.
    pub fn new(created: Timestamp) -> Self {
        Self { created, index: 0 }
    }

    /// Puts a record into the stream. A record without a time of arrival arrives `now`.
    ///
    /// # Errors
    ///
    /// If the record has more than 1,000 KiB. The stream accepts further records.
    pub fn put(&mut self, record: PutRecord, now: Timestamp) -> Result<StreamRecord, PutError> {
        let PutRecord { position, data, arrival_timestamp, .. } = record;
        if data.len() > MAX_DIRECT_PUT_BYTES {
            let (bytes, limit) = (data.len() as u64, MAX_DIRECT_PUT_BYTES);
            return Err(PutError::TooLarge { position, bytes, limit });
        }
        let arrival_timestamp = arrival_timestamp.unwrap_or(now);
        self.index += 1;
        let number =
            SequenceNumber::new(self.created, ShardId::FIRST, self.index, arrival_timestamp);
        let record_id = ["shardId-", ZEROS_BEFORE, number.as_str(), ZEROS_AFTER].concat();
        Ok(StreamRecord {
            position,
            record_id,
            arrival_timestamp,
            data,
            processed: None,
            kinesis: None,
            msk: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn ids_have_the_form_of_captured_ids() {
        let captured = std::fs::read(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../fixtures/events/",
            "UKHomeOffice-firehose-splunk-tf-module-captured-directput-cwl-event.json"
        ));
        let captured = captured.unwrap();
        let event = firehose_runtime::Event::parse(&captured).unwrap();
        let captured = event.records[1].record_id();
        let mut stream = DirectPut { created: second(0x067c_5fa06), index: 0x8312_3e15 };
        let record = stream.put(PutRecord::new(1, Bytes::new()), second(1_741_077_319)).unwrap();
        assert_eq!(record.record_id, captured);
    }

    #[test]
    fn each_record_has_its_own_id_and_a_large_record_is_rejected() {
        let mut stream = DirectPut::new(Timestamp::UNIX_EPOCH);
        let mut put =
            |length| stream.put(PutRecord::new(1, vec![0; length].into()), Timestamp::UNIX_EPOCH);
        let ids = [put(0), put(0), put(MAX_DIRECT_PUT_BYTES)].map(|it| it.unwrap().record_id);
        assert!(ids[0] < ids[1] && ids[1] < ids[2]);
        let error = put(MAX_DIRECT_PUT_BYTES + 1).unwrap_err();
        insta::assert_snapshot!(
            error,
            @"record 1 of the input is refused: its 1024001 bytes exceed the limit of 1024000 bytes"
        );
    }
}
