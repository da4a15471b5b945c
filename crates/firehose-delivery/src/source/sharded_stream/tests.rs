use bytes::Bytes;
use jiff::Timestamp;
use kpl_aggregation::{Aggregator, HashKeyRange};
use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp::constant(1_763_000_060, 0);

fn stream(shards: u32) -> ShardedStream {
    ShardedStream::new(shards, Timestamp::constant(1_763_000_000, 0))
}

fn put(stream: &mut ShardedStream, record: PutRecord) -> Vec<StreamRecord> {
    let mut out = Vec::new();
    stream.put(record, NOW, &mut out).unwrap();
    out
}

fn with_key(position: u64, key: &str, data: impl Into<Bytes>) -> PutRecord {
    PutRecord { partition_key: Some(key.to_owned()), ..PutRecord::new(position, data.into()) }
}

#[test]
fn a_plain_record_gets_a_shard_a_sequence_number_and_an_id() {
    let record = PutRecord {
        arrival_timestamp: Some(Timestamp::constant(1_741_077_317, 500_000_000)),
        ..with_key(3, "sensor-1", "21.5")
    };
    insta::assert_debug_snapshot!(put(&mut stream(4), record), @r#"
    [
        StreamRecord {
            position: 3,
            record_id: "49668916728335497520639136279270575057443829379254714418000000",
            arrival_timestamp: 2025-03-04T08:35:17.5Z,
            data: b"21.5",
            processed: None,
            kinesis: Some(
                KinesisOrigin {
                    shard_id: ShardId(
                        3,
                    ),
                    partition_key: "sensor-1",
                    sequence_number: "49668916728335497520639136279270575057443829379254714418",
                    subsequence_number: 0,
                },
            ),
            msk: None,
        },
    ]
    "#);
}

#[test]
fn three_shards_have_the_ranges_of_kinesis() {
    // The ranges that `ListShards` shows.
    let ranges = [
        ("0", "113427455640312821154458202477256070484"),
        ("113427455640312821154458202477256070485", "226854911280625642308916404954512140969"),
        ("226854911280625642308916404954512140970", "340282366920938463463374607431768211455"),
    ];
    for (shard, (starting, ending)) in (0..).zip(ranges) {
        assert_eq!(stream(3).shard_of(starting.parse().unwrap()), ShardId::new(shard));
        assert_eq!(stream(3).shard_of(ending.parse().unwrap()), ShardId::new(shard));
    }
}

#[test]
fn any_number_of_shards_accepts_any_key() {
    for shards in [0, 1, 2, 3, 4, 7, 1 << 31, u32::MAX] {
        let stream = stream(shards);
        assert_eq!(stream.shard_of(HashKey(0)), ShardId::FIRST);
        assert_eq!(stream.shard_of(HashKey(u128::MAX)), ShardId::new(shards.max(1) - 1));
    }
}

#[test]
fn keys_made_of_positions_are_equal_in_each_run_and_spread_over_the_shards() {
    let run = || {
        let mut stream = stream(4);
        let mut out = Vec::new();
        for position in 1..=1000 {
            stream.put(PutRecord::new(position, Bytes::new()), NOW, &mut out).unwrap();
        }
        out
    };
    let records = run();
    assert_eq!(records, run());
    for shard in 0..4 {
        let count = records.iter().filter(|it| it.shard() == ShardId::new(shard)).count();
        assert!((200..300).contains(&count), "shard {shard} has {count} of 1000 records");
    }
}

#[test]
fn the_size_of_a_record_includes_its_partition_key() {
    let data = vec![0; MAX_KINESIS_BYTES - 3];
    let mut out = Vec::new();
    assert!(stream(1).put(with_key(1, "abc", data.clone()), NOW, &mut out).is_ok());
    let error = stream(1).put(with_key(2, "abcd", data), NOW, &mut out).unwrap_err();
    insta::assert_snapshot!(
        error,
        @"record 2 of the input is refused: its 1048577 bytes exceed the limit of 1048576 bytes"
    );
    assert_eq!(out.len(), 1);
}

#[test]
fn a_damaged_aggregate_is_one_plain_record() {
    let mut aggregator = Aggregator::default();
    aggregator.add("inner", None, "one").unwrap();
    let mut damaged = aggregator.finish().unwrap().into_data().to_vec();
    *damaged.last_mut().unwrap() ^= 1;
    let records = put(&mut stream(1), with_key(1, "outer", damaged.clone()));
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].data, damaged);
    assert_eq!(records[0].kinesis.as_ref().unwrap().partition_key, "outer");
}

/// Returns an aggregate with this protobuf message.
fn aggregate_of(message: &[u8]) -> Bytes {
    // A hash key is the MD5 of a partition key.
    let text = str::from_utf8(message).unwrap();
    let md5 = HashKey::of_partition_key(text).0.to_be_bytes();
    [b"\xf3\x89\x9a\xc2", message, &md5].concat().into()
}

#[test]
fn lost_user_records_are_reported() {
    // The key "k", a record with key 0 and data "a", a record with key 5 and data "b".
    let message = b"\x0a\x01k\x1a\x05\x08\x00\x1a\x01a\x1a\x05\x08\x05\x1a\x01b";
    let mut out = Vec::new();
    let record = PutRecord::new(7, aggregate_of(message));
    let error = stream(1).put(record, NOW, &mut out).unwrap_err();
    insta::assert_snapshot!(
        error,
        @"record 7 of the input is a damaged aggregate: lost user records: 1, starting with number 1; user record number 1 has partition key index 5, but the table of partition keys has length 1"
    );
    assert_eq!(out.len(), 1);
    assert_eq!(out[0].data, "a");

    let record = PutRecord::new(8, aggregate_of(b"\x0a\x01k"));
    let error = stream(1).put(record, NOW, &mut out).unwrap_err();
    insta::assert_snapshot!(
        error,
        @"record 8 of the input is an aggregate without user records"
    );
    assert_eq!(out.len(), 1);
}

fn user_record() -> impl Strategy<Value = (String, Vec<u8>)> {
    ("[a-z]{1,3}", prop::collection::vec(any::<u8>(), 0..40))
}

proptest! {
    #[test]
    fn a_key_goes_to_the_shard_with_its_range(shards in 1u32..200, key in ".{0,20}") {
        let stream = stream(shards);
        let key = HashKey::of_partition_key(&key);
        let shard = stream.shard_of(key).number();
        let width = match shards.is_power_of_two() {
            true => 1u128.checked_shl(128 - shards.ilog2()).unwrap_or(0),
            // 2^128 is not a multiple of `shards`, so 2^128 - 1 has the same quotient.
            false => u128::MAX / u128::from(shards),
        };
        let starting = width * u128::from(shard);
        let ending = match shard + 1 == shards {
            true => u128::MAX,
            false => starting + width - 1,
        };
        let range = HashKeyRange::new(&starting.to_string(), &ending.to_string()).unwrap();
        prop_assert!(range.contains(key));
    }

    #[test]
    fn sequence_numbers_increase_within_a_shard_and_ids_are_unique(
        shards in 1u32..20,
        arrivals in prop::collection::vec(prop::option::of(-377_705_023_201..=253_402_207_200i64), 1..200),
    ) {
        let mut stream = stream(shards);
        let mut out = Vec::new();
        for (position, arrival) in (1..).zip(arrivals) {
            let arrival_timestamp = arrival.map(|it| Timestamp::from_second(it).unwrap());
            let record = PutRecord::new(position, Bytes::new());
            let record = PutRecord { arrival_timestamp, ..record };
            stream.put(record, NOW, &mut out).unwrap();
        }
        let mut seen = std::collections::HashSet::new();
        let mut last = BTreeMap::new();
        for record in &out {
            let number = record.kinesis.as_ref().unwrap().sequence_number.as_ref();
            prop_assert_eq!(number.len(), 56);
            prop_assert!(last.insert(record.shard(), number).is_none_or(|last| last < number));
            prop_assert!(seen.insert(&record.record_id));
        }
    }

    #[test]
    fn an_aggregate_becomes_its_user_records(
        records in prop::collection::vec(user_record(), 1..50),
        shards in 1u32..5,
    ) {
        let mut aggregator = Aggregator::default();
        for (key, data) in &records {
            prop_assert!(aggregator.add(key, None, data.clone()).unwrap().is_none());
        }
        let aggregate = aggregator.finish().unwrap();
        let mut stream = stream(shards);
        let out = put(&mut stream, with_key(9, "outer", aggregate.into_data()));
        prop_assert_eq!(out.len(), records.len());
        let outer = &out[0].kinesis.as_ref().unwrap().sequence_number;
        for (number, (out, (key, data))) in (0u64..).zip(out.iter().zip(&records)) {
            let kinesis = out.kinesis.as_ref().unwrap();
            prop_assert_eq!((&out.data[..], &kinesis.partition_key), (&data[..], key));
            prop_assert_eq!(&kinesis.sequence_number, outer);
            prop_assert_eq!(kinesis.subsequence_number, number);
            prop_assert_eq!(&out.record_id, &format!("{outer}{number:06}"));
            prop_assert_eq!(kinesis.shard_id, stream.shard_of(HashKey::of_partition_key("outer")));
            prop_assert_eq!((out.position, out.arrival_timestamp), (9, NOW));
        }
    }
}
