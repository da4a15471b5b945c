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
        processed: None,
        kinesis: None,
        msk: None,
    }
}

fn text(event: &Bytes) -> &str {
    str::from_utf8(event).unwrap()
}

#[test]
fn an_envelope_with_the_longest_names_is_within_the_reserved_bytes() {
    let arn = |kind: &str, name: usize| format!("{kind}:{}", "x".repeat(name));
    let stream = arn("arn:aws-us-gov:firehose:us-gov-west-1:123456789012:deliverystream", 64);
    let source = arn("arn:aws-us-gov:kinesis:us-gov-west-1:123456789012:stream", 128);
    let writer = EventWriter::new(&stream, "us-gov-west-1", Some(&source));
    assert!(writer.envelope_len() <= ENVELOPE_BYTES);
}

#[test]
fn an_event_of_direct_put_has_no_fields_of_kinesis() {
    let writer = EventWriter::new(STREAM, "eu-west-1", None);
    let event = writer.write(&[record("21.5"), record("")], Uuid::nil());
    insta::assert_snapshot!(
        text(&event),
        @r#"{"invocationId":"00000000-0000-0000-0000-000000000000","deliveryStreamArn":"arn:aws:firehose:eu-west-1:123456789012:deliverystream/readings","region":"eu-west-1","records":[{"recordId":"r-1","approximateArrivalTimestamp":1763000060000,"data":"MjEuNQ=="},{"recordId":"r-1","approximateArrivalTimestamp":1763000060000,"data":""}]}"#
    );
}

#[test]
fn an_event_of_a_kinesis_stream_has_the_fields_and_the_order_of_captured_events() {
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
fn an_event_of_msk_has_the_fields_and_the_values_of_the_sample_event() {
    let msk = Some(MskOrigin { partition: 1, offset: 12 });
    let record = StreamRecord { msk, ..record("21.5") };
    let writer = EventWriter::for_msk(STREAM, "eu-west-1", "arn:aws:kafka:EXAMPLE");
    let event = writer.write(std::slice::from_ref(&record), Uuid::nil());
    insta::assert_snapshot!(text(&event), @r#"{"invocationId":"00000000-0000-0000-0000-000000000000","sourceMSKArn":"arn:aws:kafka:EXAMPLE","deliveryStreamArn":"arn:aws:firehose:eu-west-1:123456789012:deliverystream/readings","region":"eu-west-1","records":[{"recordId":"r-1","approximateArrivalTimestamp":1763000060000,"kafkaRecordValue":"MjEuNQ==","mskRecordMetadata":{"offset":"12","partitionId":"1","approximateArrivalTimestamp":1763000060000}}]}"#);
    assert_eq!(event.len(), writer.envelope_len() + EventWriter::record_len(&record) - 1);
    let read = Event::parse(&event).unwrap();
    assert_eq!(read.source_msk_arn.as_deref(), Some("arn:aws:kafka:EXAMPLE"));
    assert_eq!(read.records[0].payload().unwrap(), "21.5");
    let metadata = read.records[0].msk_record_metadata().unwrap();
    assert_eq!(metadata.arrival_time(), Some(record.arrival_timestamp));
}

#[test]
fn a_retry_changes_only_the_invocation_id() {
    let writer = EventWriter::new(STREAM, "eu-west-1", None);
    let id = Uuid::from_u128(0x1234_5678_9abc_def0_1234_5678_9abc_def0);
    let first = writer.write(&[record("21.5")], Uuid::nil());
    let retry = EventWriter::with_invocation_id(first.clone(), id);
    assert_eq!(retry, writer.write(&[record("21.5")], id));
    assert_eq!(first, writer.write(&[record("21.5")], Uuid::nil()));
    // A text that is too short for an event does not change.
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
    // The range of `Timestamp`, in milliseconds.
    let arrival = -377_705_023_201_000i64..=253_402_207_200_000;
    (any::<String>(), arrival, data, prop::option::of(kinesis_metadata())).prop_map(
        |(record_id, arrival, data, kinesis)| StreamRecord {
            position: 1,
            record_id,
            arrival_timestamp: Timestamp::from_millisecond(arrival).unwrap(),
            data: data.into(),
            processed: None,
            kinesis,
            msk: None,
        },
    )
}

proptest! {
    #[test]
    fn a_written_event_can_be_parsed_and_has_the_computed_length(
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
