use std::borrow::Borrow;

use bytes::{Bytes, BytesMut};
use uuid::Uuid;

use super::{
    record::{KinesisOrigin, StreamRecord},
    shard_id::ShardId,
};
use crate::base64_engine::{base64_len, push_base64};

/// Writes the events that a delivery stream invokes its function with.
///
/// The fields stand in the order of captured events, such as those in `fixtures/events`. The
/// invocation id is the first, so that a retry, which sends the same records with an id of its
/// own, need not write them again.
///
/// ```
/// use firehose_delivery::delivery_stream::{EventWriter, StreamRecord};
/// use uuid::Uuid;
///
/// let arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/readings";
/// let writer = EventWriter::new(arn, "eu-west-1", None);
/// let records: [StreamRecord; 0] = [];
/// let event = writer.write(&records, Uuid::nil());
///
/// let retry = EventWriter::with_invocation_id(event.clone(), Uuid::max());
/// assert_eq!(event.len(), retry.len());
/// assert_eq!(event.len(), writer.envelope_len());
/// ```
#[derive(Clone, Debug)]
pub struct EventWriter {
    /// All that comes before the records; the invocation id in it is to be replaced.
    head: Vec<u8>,
}

/// What an event is taken to have beside its records, with room to spare: ids, ARNs, brackets.
pub const ENVELOPE_BYTES: usize = 4 * 1024;

/// What comes before the invocation id.
const START: &[u8] = b"{\"invocationId\":\"";

/// Where the invocation id ends.
const ID_END: usize = START.len() + uuid::fmt::Hyphenated::LENGTH;

/// What comes after the records.
const END: &[u8] = b"]}";

impl EventWriter {
    /// A writer for a delivery stream, which may have a Kinesis stream as its source.
    pub fn new(
        delivery_stream_arn: &str,
        region: &str,
        source_kinesis_stream_arn: Option<&str>,
    ) -> Self {
        let mut head = START.to_vec();
        head.resize(ID_END, b'0');
        head.push(b'"');
        let fields = [
            ("sourceKinesisStreamArn", source_kinesis_stream_arn),
            ("deliveryStreamArn", Some(delivery_stream_arn)),
            ("region", Some(region)),
        ];
        for (name, value) in fields {
            if let Some(value) = value {
                head.extend_from_slice(b",\"");
                head.extend_from_slice(name.as_bytes());
                head.extend_from_slice(b"\":");
                push_string(&mut head, value);
            }
        }
        head.extend_from_slice(b",\"records\":[");
        Self { head }
    }

    /// How long an event without records is, in bytes. With records, it is longer by the
    /// [`record_len`](Self::record_len) of each, and shorter by one.
    pub fn envelope_len(&self) -> usize {
        self.head.len() + END.len()
    }

    /// How much longer an event gets by this record and a comma, in bytes.
    pub fn record_len(record: &StreamRecord) -> usize {
        let arrival = integer_len(record.arrival_timestamp.as_millisecond());
        let kinesis = record.kinesis.as_ref().map_or(0, |kinesis| {
            KINESIS_LEN
                + string_len(&kinesis.sequence_number)
                + integer_len(kinesis.subsequence_number)
                + string_len(&kinesis.partition_key)
                + arrival
        });
        RECORD_LEN + string_len(&record.record_id) + arrival + base64_len(&record.data) + kinesis
    }

    /// The event with these records: its text, in one allocation.
    pub fn write(&self, records: &[impl Borrow<StreamRecord>], invocation_id: Uuid) -> Bytes {
        let records_len = records.iter().map(|record| Self::record_len(record.borrow()));
        let mut event = Vec::with_capacity(self.envelope_len() + records_len.sum::<usize>());
        event.extend_from_slice(&self.head);
        for (number, record) in records.iter().enumerate() {
            if number > 0 {
                event.push(b',');
            }
            push_record(&mut event, record.borrow());
        }
        event.extend_from_slice(END);
        set_invocation_id(&mut event, invocation_id);
        event.into()
    }

    /// The same event with another invocation id. It is copied only if it is still in use
    /// elsewhere.
    pub fn with_invocation_id(event: Bytes, invocation_id: Uuid) -> Bytes {
        let mut event = BytesMut::from(event);
        set_invocation_id(&mut event, invocation_id);
        event.freeze()
    }
}

fn set_invocation_id(event: &mut [u8], invocation_id: Uuid) {
    if let Some(place) = event.get_mut(START.len()..ID_END) {
        invocation_id.hyphenated().encode_lower(place);
    }
}

const RECORD_ID: &[u8] = b"{\"recordId\":";
const ARRIVAL: &[u8] = b",\"approximateArrivalTimestamp\":";
const DATA: &[u8] = b",\"data\":\"";
const DATA_END: &[u8] = b"\"";
const RECORD_END: &[u8] = b"}";
const SEQUENCE_NUMBER: &[u8] = b",\"kinesisRecordMetadata\":{\"sequenceNumber\":";
const SUBSEQUENCE_NUMBER: &[u8] = b",\"subsequenceNumber\":";
const PARTITION_KEY: &[u8] = b",\"partitionKey\":";
const SHARD_ID: &[u8] = b",\"shardId\":\"";
const SHARD_ID_END: &[u8] = b"\"";

/// What a record has besides its values, with the comma that comes before or after it.
const RECORD_LEN: usize =
    RECORD_ID.len() + ARRIVAL.len() + DATA.len() + DATA_END.len() + RECORD_END.len() + 1;

/// What the metadata have besides their values.
const KINESIS_LEN: usize = SEQUENCE_NUMBER.len()
    + SUBSEQUENCE_NUMBER.len()
    + PARTITION_KEY.len()
    + SHARD_ID.len()
    + ShardId::TEXT_LEN
    + SHARD_ID_END.len()
    + ARRIVAL.len()
    + RECORD_END.len();

fn push_record(event: &mut Vec<u8>, record: &StreamRecord) {
    event.extend_from_slice(RECORD_ID);
    push_string(event, &record.record_id);
    event.extend_from_slice(ARRIVAL);
    let arrival = record.arrival_timestamp.as_millisecond();
    push_integer(event, arrival);
    event.extend_from_slice(DATA);
    push_base64(&record.data, event);
    event.extend_from_slice(DATA_END);
    if let Some(kinesis) = &record.kinesis {
        push_kinesis(event, kinesis, arrival);
    }
    event.extend_from_slice(RECORD_END);
}

fn push_kinesis(event: &mut Vec<u8>, kinesis: &KinesisOrigin, arrival: i64) {
    event.extend_from_slice(SEQUENCE_NUMBER);
    push_string(event, &kinesis.sequence_number);
    event.extend_from_slice(SUBSEQUENCE_NUMBER);
    push_integer(event, kinesis.subsequence_number);
    event.extend_from_slice(PARTITION_KEY);
    push_string(event, &kinesis.partition_key);
    event.extend_from_slice(SHARD_ID);
    event.extend_from_slice(&kinesis.shard_id.to_ascii());
    event.extend_from_slice(SHARD_ID_END);
    event.extend_from_slice(ARRIVAL);
    push_integer(event, arrival);
    event.extend_from_slice(RECORD_END);
}

/// Writes text as JSON: nothing in it can fail, nor can the buffer.
fn push_string(event: &mut Vec<u8>, text: &str) {
    if is_plain(text) {
        event.push(b'"');
        event.extend_from_slice(text.as_bytes());
        event.push(b'"');
    } else {
        let _ = serde_json::to_writer(event, text);
    }
}

fn string_len(text: &str) -> usize {
    if is_plain(text) {
        return text.len() + 2;
    }
    serde_json::to_string(text).map_or(0, |json| json.len())
}

/// Whether text is the same in JSON, as ids and most keys are.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\')
}

fn push_integer(event: &mut Vec<u8>, integer: impl serde::Serialize) {
    let _ = serde_json::to_writer(event, &integer);
}

fn integer_len(integer: impl TryInto<i128>) -> usize {
    let integer = integer.try_into().unwrap_or_default();
    let digits = integer.unsigned_abs().checked_ilog10().unwrap_or(0) as usize + 1;
    usize::from(integer < 0) + digits
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use firehose_runtime::Event;
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;

    const STREAM: &str = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/readings";
    const SOURCE: &str = "arn:aws:kinesis:eu-west-1:123456789012:stream/sensors";

    fn record(data: &'static str) -> StreamRecord {
        StreamRecord {
            position: 1,
            record_id: "r-1".to_owned(),
            arrival_timestamp: Timestamp::constant(1_763_000_060, 0),
            data: data.into(),
            kinesis: None,
        }
    }

    fn text(event: &Bytes) -> &str {
        str::from_utf8(event).unwrap()
    }

    #[test]
    fn the_longest_names_leave_the_envelope_within_what_batches_count_for_it() {
        let arn = |kind: &str, name: usize| format!("{kind}:{}", "x".repeat(name));
        let stream = arn("arn:aws-us-gov:firehose:us-gov-west-1:123456789012:deliverystream", 64);
        let source = arn("arn:aws-us-gov:kinesis:us-gov-west-1:123456789012:stream", 128);
        let writer = EventWriter::new(&stream, "us-gov-west-1", Some(&source));
        assert!(writer.envelope_len() <= ENVELOPE_BYTES);
    }

    #[test]
    fn an_event_of_direct_put_has_no_word_of_kinesis() {
        let writer = EventWriter::new(STREAM, "eu-west-1", None);
        let event = writer.write(&[record("21.5"), record("")], Uuid::nil());
        insta::assert_snapshot!(
            text(&event),
            @r#"{"invocationId":"00000000-0000-0000-0000-000000000000","deliveryStreamArn":"arn:aws:firehose:eu-west-1:123456789012:deliverystream/readings","region":"eu-west-1","records":[{"recordId":"r-1","approximateArrivalTimestamp":1763000060000,"data":"MjEuNQ=="},{"recordId":"r-1","approximateArrivalTimestamp":1763000060000,"data":""}]}"#
        );
    }

    #[test]
    fn an_event_of_a_kinesis_stream_has_the_fields_of_captured_ones_in_their_order() {
        let kinesis = KinesisOrigin {
            shard_id: ShardId::FIRST,
            partition_key: "a \"key\"".to_owned(),
            sequence_number: "49".into(),
            subsequence_number: 0,
        };
        let record = StreamRecord { kinesis: Some(kinesis), ..record("21.5") };
        let writer = EventWriter::new(STREAM, "eu-west-1", Some(SOURCE));
        let event = writer.write(&[Arc::new(record)], Uuid::nil());
        insta::assert_snapshot!(
            text(&event),
            @r#"{"invocationId":"00000000-0000-0000-0000-000000000000","sourceKinesisStreamArn":"arn:aws:kinesis:eu-west-1:123456789012:stream/sensors","deliveryStreamArn":"arn:aws:firehose:eu-west-1:123456789012:deliverystream/readings","region":"eu-west-1","records":[{"recordId":"r-1","approximateArrivalTimestamp":1763000060000,"data":"MjEuNQ==","kinesisRecordMetadata":{"sequenceNumber":"49","subsequenceNumber":0,"partitionKey":"a \"key\"","shardId":"shardId-000000000000","approximateArrivalTimestamp":1763000060000}}]}"#
        );
    }

    #[test]
    fn a_retry_has_another_invocation_id_and_nothing_else() {
        let writer = EventWriter::new(STREAM, "eu-west-1", None);
        let id = Uuid::from_u128(0x1234_5678_9abc_def0_1234_5678_9abc_def0);
        let first = writer.write(&[record("21.5")], Uuid::nil());
        let retry = EventWriter::with_invocation_id(first.clone(), id);
        assert_eq!(retry, writer.write(&[record("21.5")], id));
        assert_eq!(first, writer.write(&[record("21.5")], Uuid::nil()));
        // What is no event is left alone.
        assert_eq!(EventWriter::with_invocation_id(Bytes::from("{}"), id), "{}");
    }

    fn kinesis_metadata() -> impl Strategy<Value = KinesisOrigin> {
        (any::<u32>(), any::<String>(), any::<String>(), any::<u64>()).prop_map(
            |(shard, partition_key, sequence_number, subsequence_number)| KinesisOrigin {
                shard_id: ShardId::new(shard),
                partition_key,
                sequence_number: sequence_number.into(),
                subsequence_number,
            },
        )
    }

    fn stream_record() -> impl Strategy<Value = StreamRecord> {
        let data = prop::collection::vec(any::<u8>(), 0..300);
        // What jiff can tell, to the millisecond.
        let arrival = -377_705_023_201_000i64..=253_402_207_200_000;
        (any::<String>(), arrival, data, prop::option::of(kinesis_metadata())).prop_map(
            |(record_id, arrival, data, kinesis)| StreamRecord {
                position: 1,
                record_id,
                arrival_timestamp: Timestamp::from_millisecond(arrival).unwrap(),
                data: data.into(),
                kinesis,
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read_and_is_as_long_as_announced(
            records in prop::collection::vec(stream_record(), 1..10),
            (arn, region, source) in any::<(String, String, Option<String>)>(),
            id: u128,
        ) {
            let id = Uuid::from_u128(id);
            let writer = EventWriter::new(&arn, &region, source.as_deref());
            let event = writer.write(&records, id);
            let length: usize = records.iter().map(EventWriter::record_len).sum();
            prop_assert_eq!(event.len(), writer.envelope_len() + length - 1);

            let read = Event::parse(&event).unwrap();
            prop_assert_eq!(read.invocation_id.unwrap(), id.to_string());
            prop_assert_eq!(read.delivery_stream_arn.unwrap_or_default(), arn);
            prop_assert_eq!(read.region.unwrap(), region);
            let source = source.filter(|source| !source.is_empty());
            prop_assert_eq!(read.source_kinesis_stream_arn.as_deref(), source.as_deref());
            prop_assert_eq!(read.records.len(), records.len());
            for (read, record) in read.records.iter().zip(&records) {
                prop_assert_eq!(read.record_id(), &*record.record_id);
                prop_assert_eq!(read.payload().unwrap(), &record.data);
                let arrival = read.arrival_time().unwrap();
                prop_assert_eq!(arrival, record.arrival_timestamp);
                let metadata = read.kinesis_record_metadata();
                prop_assert_eq!(metadata.is_some(), record.kinesis.is_some());
                if let (Some(read), Some(written)) = (metadata, &record.kinesis) {
                    prop_assert_eq!(read.shard_id(), written.shard_id.to_string());
                    prop_assert_eq!(read.partition_key(), &*written.partition_key);
                    prop_assert_eq!(read.sequence_number(), &*written.sequence_number);
                    prop_assert_eq!(read.subsequence_number(), Some(written.subsequence_number));
                    prop_assert_eq!(read.arrival_time(), Some(arrival));
                }
            }
        }
    }
}
