use std::borrow::Borrow;

use bytes::{Bytes, BytesMut};
use firehose_runtime::base64_codec::{base64_len, push_base64};
use uuid::Uuid;

use super::{
    json_value::{integer_len, push_integer, push_string, string_len},
    shard_id::ShardId,
    stream_record::{KinesisOrigin, MskOrigin, StreamRecord},
};

/// A writer of the events that a delivery stream sends to its function.
///
/// The fields have the order of captured events, such as those in `fixtures/events`. The
/// invocation id is the first field and has a fixed length, so a retry replaces the id in place and
/// reuses the rest of the text.
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
    /// The text before the records, with a placeholder for the invocation id.
    head: Vec<u8>,
}

/// The bytes that a batch reserves for the parts of an event that are not records: the invocation
/// id, ARNs, the region and brackets. The limit is generous: real events need less.
pub(crate) const ENVELOPE_BYTES: usize = 4 * 1024;

/// The text before the invocation id.
const START: &[u8] = b"{\"invocationId\":\"";

/// The offset of the end of the invocation id.
const ID_END: usize = START.len() + uuid::fmt::Hyphenated::LENGTH;

/// The text after the records.
const END: &[u8] = b"]}";

impl EventWriter {
    /// Returns a writer for a delivery stream. If the source is a Kinesis stream, its ARN is in the
    /// events.
    pub fn new(
        delivery_stream_arn: &str,
        region: &str,
        source_kinesis_stream_arn: Option<&str>,
    ) -> Self {
        let source = ("sourceKinesisStreamArn", source_kinesis_stream_arn);
        Self::with_source(source, delivery_stream_arn, region)
    }

    /// Returns a writer for a delivery stream that reads a cluster of Amazon MSK with this ARN.
    pub fn for_msk(delivery_stream_arn: &str, region: &str, source_msk_arn: &str) -> Self {
        let source = ("sourceMSKArn", Some(source_msk_arn));
        Self::with_source(source, delivery_stream_arn, region)
    }

    fn with_source(source: (&str, Option<&str>), delivery_stream_arn: &str, region: &str) -> Self {
        let mut head = START.to_vec();
        head.resize(ID_END, b'0');
        head.push(b'"');
        let fields =
            [source, ("deliveryStreamArn", Some(delivery_stream_arn)), ("region", Some(region))];
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

    /// Returns the length of an event without records, in bytes. To get the length of an event with
    /// records, add the [`record_len`](Self::record_len) of each record, and subtract 1 because the
    /// last record has no comma.
    pub fn envelope_len(&self) -> usize {
        self.head.len() + END.len()
    }

    /// Returns the length of a record in an event, including one comma, in bytes.
    pub fn record_len(record: &StreamRecord) -> usize {
        let arrival = integer_len(record.arrival_timestamp.as_millisecond());
        let kinesis = record.kinesis.as_ref().map_or(0, |kinesis| {
            KINESIS_LEN
                + string_len(&kinesis.sequence_number)
                + integer_len(kinesis.subsequence_number)
                + string_len(&kinesis.partition_key)
                + arrival
        });
        let msk = record.msk.map_or(0, |MskOrigin { partition, offset }| {
            MSK_LEN + integer_len(offset) + integer_len(partition) + arrival
        });
        RECORD_LEN
            + string_len(&record.record_id)
            + arrival
            + base64_len(record.payload().len())
            + kinesis
            + msk
    }

    /// Returns the text of the event with these records, in one allocation.
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

    /// Returns the same event with another invocation id. Copies the text only if the event has
    /// other owners.
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
const KAFKA_VALUE: &[u8] = b",\"kafkaRecordValue\":\"";
const OFFSET: &[u8] = b",\"mskRecordMetadata\":{\"offset\":\"";
const PARTITION_ID: &[u8] = b"\",\"partitionId\":\"";
const PARTITION_ID_END: &[u8] = b"\"";
const RECORD_END: &[u8] = b"}";
const SEQUENCE_NUMBER: &[u8] = b",\"kinesisRecordMetadata\":{\"sequenceNumber\":";
const SUBSEQUENCE_NUMBER: &[u8] = b",\"subsequenceNumber\":";
const PARTITION_KEY: &[u8] = b",\"partitionKey\":";
const SHARD_ID: &[u8] = b",\"shardId\":\"";
const SHARD_ID_END: &[u8] = b"\"";

/// The bytes of a record without its values, plus one comma.
const RECORD_LEN: usize =
    RECORD_ID.len() + ARRIVAL.len() + DATA.len() + DATA_END.len() + RECORD_END.len() + 1;

/// The bytes of the Kinesis metadata without the values of varying length.
const KINESIS_LEN: usize = SEQUENCE_NUMBER.len()
    + SUBSEQUENCE_NUMBER.len()
    + PARTITION_KEY.len()
    + SHARD_ID.len()
    + ShardId::TEXT_LEN
    + SHARD_ID_END.len()
    + ARRIVAL.len()
    + RECORD_END.len();

/// The bytes of the MSK metadata without the values of varying length, plus the bytes by which
/// `kafkaRecordValue` is longer than `data`.
const MSK_LEN: usize = OFFSET.len()
    + PARTITION_ID.len()
    + PARTITION_ID_END.len()
    + ARRIVAL.len()
    + RECORD_END.len()
    + KAFKA_VALUE.len()
    - DATA.len();

fn push_record(event: &mut Vec<u8>, record: &StreamRecord) {
    event.extend_from_slice(RECORD_ID);
    push_string(event, &record.record_id);
    event.extend_from_slice(ARRIVAL);
    let arrival = record.arrival_timestamp.as_millisecond();
    push_integer(event, arrival);
    let field = if record.msk.is_some() { KAFKA_VALUE } else { DATA };
    event.extend_from_slice(field);
    push_base64(record.payload(), event);
    event.extend_from_slice(DATA_END);
    if let Some(msk) = record.msk {
        push_msk(event, msk, arrival);
    }
    if let Some(kinesis) = &record.kinesis {
        push_kinesis(event, kinesis, arrival);
    }
    event.extend_from_slice(RECORD_END);
}

/// Appends the metadata of a record of Amazon MSK. The offset and the partition are texts, as in the
/// sample event of AWS's Java library.
fn push_msk(event: &mut Vec<u8>, MskOrigin { partition, offset }: MskOrigin, arrival: i64) {
    event.extend_from_slice(OFFSET);
    push_integer(event, offset);
    event.extend_from_slice(PARTITION_ID);
    push_integer(event, partition);
    event.extend_from_slice(PARTITION_ID_END);
    event.extend_from_slice(ARRIVAL);
    push_integer(event, arrival);
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

#[cfg(test)]
mod tests;
