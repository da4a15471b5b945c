use super::{MAX_DIRECT_PUT_BYTES, PutError, PutRecord, SequenceNumber};
use crate::delivery_stream::StreamRecord;

/// A delivery stream that producers put records to, as far as it gives them their ids.
///
/// AWS does not say what an id is made of. Real ones have `shardId-`, a sequence number as that
/// of a Kinesis stream with zeros before it, 140 digits together, and 12 zeros: those of
/// `fixtures/events/UKHomeOffice-firehose-splunk-tf-module-captured-directput-cwl-event.json`.
///
/// KPL aggregates stay as they are: AWS documents de-aggregation for Kinesis streams alone.
///
/// ```
/// use bytes::Bytes;
/// use firehose_local::{DirectPut, PutRecord};
///
/// let mut stream = DirectPut::new(1_763_000_000_000);
/// let record = stream.put(PutRecord::new(1, Bytes::from("21.5")), 1_763_000_060_000)?;
/// assert!(record.record_id.starts_with("shardId-0000"));
/// assert_eq!(record.arrival_timestamp, 1_763_000_060_000);
/// # Ok::<_, crate::source::PutError>(())
/// ```
#[derive(Clone, Debug)]
pub struct DirectPut {
    /// In seconds since 1970.
    created: i64,
    /// How many records it has got.
    index: u64,
}

const ZEROS_BEFORE: &str = concat!(
    "0000000000000000000000000000",
    "0000000000000000000000000000",
    "0000000000000000000000000000"
);

const ZEROS_AFTER: &str = "000000000000";

impl DirectPut {
    /// A delivery stream created at this time, in milliseconds since 1970.
    pub fn new(created_ms: i64) -> Self {
        Self { created: created_ms.div_euclid(1000), index: 0 }
    }

    /// Puts a record into the stream. One without a time of arrival arrives at `now_ms`, in
    /// milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// If it has more than [`MAX_DIRECT_PUT_BYTES`]. It is not a reason to stop.
    pub fn put(&mut self, record: PutRecord, now_ms: i64) -> Result<StreamRecord, PutError> {
        let PutRecord { position, data, arrival_timestamp, .. } = record;
        if data.len() > MAX_DIRECT_PUT_BYTES {
            let (bytes, limit) = (data.len() as u64, MAX_DIRECT_PUT_BYTES);
            return Err(PutError::TooLarge { position, bytes, limit });
        }
        let arrival_timestamp = arrival_timestamp.unwrap_or(now_ms);
        self.index += 1;
        let arrived = arrival_timestamp.div_euclid(1000);
        let number = SequenceNumber::new(self.created, 0, self.index, arrived);
        let record_id = ["shardId-", ZEROS_BEFORE, number.as_str(), ZEROS_AFTER].concat();
        Ok(StreamRecord { position, record_id, arrival_timestamp, data, kinesis: None })
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn ids_have_the_shape_of_captured_ones() {
        let captured = std::fs::read(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../fixtures/events/",
            "UKHomeOffice-firehose-splunk-tf-module-captured-directput-cwl-event.json"
        ));
        let captured = captured.unwrap();
        let event = firehose_runtime::Event::parse(&captured).unwrap();
        let captured = event.records[1].record_id();
        let mut stream = DirectPut { created: 0x067c_5fa06, index: 0x8312_3e15 };
        let record = stream.put(PutRecord::new(1, Bytes::new()), 1_741_077_319_014).unwrap();
        assert_eq!(record.record_id, captured);
    }

    #[test]
    fn each_record_has_its_own_id_and_a_large_one_is_refused() {
        let mut stream = DirectPut::new(0);
        let mut put = |length| stream.put(PutRecord::new(1, vec![0; length].into()), 0);
        let ids = [put(0), put(0), put(MAX_DIRECT_PUT_BYTES)].map(|it| it.unwrap().record_id);
        assert!(ids[0] < ids[1] && ids[1] < ids[2]);
        let error = put(MAX_DIRECT_PUT_BYTES + 1).unwrap_err();
        insta::assert_snapshot!(
            error,
            @"record 1 of the input has 1024001 bytes, and the stream takes at most 1024000 bytes: not put"
        );
    }
}
