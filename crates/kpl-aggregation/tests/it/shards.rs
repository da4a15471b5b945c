//! Aggregates of one shard.

use std::collections::BTreeMap;

use kpl_aggregation::{
    Aggregate, AggregateError, Aggregator, Deaggregator, HashKey, HashKeyRange, ShardAggregator,
};
use proptest::{collection::vec, prelude::*};

type UserRecord = (String, Option<u128>, Vec<u8>);

/// Returns the ranges between these cuts, which cover all hash keys.
fn shards(mut cuts: Vec<u128>) -> Vec<HashKeyRange> {
    cuts.retain(|cut| *cut > 0);
    cuts.sort_unstable();
    cuts.dedup();
    let starts = [0].into_iter().chain(cuts.iter().copied());
    let ends = cuts.iter().map(|cut| cut - 1).chain([u128::MAX]);
    starts
        .zip(ends)
        .map(|(start, end)| HashKeyRange::new(&start.to_string(), &end.to_string()).unwrap())
        .collect()
}

fn hash_key(key: &str, explicit: Option<&str>) -> HashKey {
    explicit.map_or_else(|| HashKey::of_partition_key(key), |key| key.parse().unwrap())
}

fn user_record() -> impl Strategy<Value = UserRecord> {
    let explicit = prop_oneof![2 => Just(None), 1 => any::<u128>().prop_map(Some)];
    ("[a-z]{1,2}", explicit, vec(any::<u8>(), 0..50))
}

/// Puts the records on the shards of their put keys, and reads each shard as the Kinesis Client
/// Library does. Returns the user records of each shard.
fn put_and_read(
    shards: &[HashKeyRange],
    aggregates: Vec<Aggregate>,
) -> BTreeMap<usize, Vec<UserRecord>> {
    let mut read: BTreeMap<usize, Vec<UserRecord>> = BTreeMap::new();
    for aggregate in aggregates {
        let put = hash_key(aggregate.partition_key(), aggregate.explicit_hash_key());
        let shard = shards.iter().position(|range| range.contains(put)).unwrap();
        let reader = Deaggregator::default().hash_key_range(shards[shard]);
        for record in reader.deaggregate(aggregate.into_data()) {
            let record = record.unwrap();
            read.entry(shard).or_default().push((
                record.partition_key().unwrap().to_owned(),
                record.explicit_hash_key().map(|key| key.parse().unwrap()),
                record.data().to_vec(),
            ));
        }
    }
    read
}

fn aggregate(mut aggregator: ShardAggregator, records: &[UserRecord]) -> Vec<Aggregate> {
    let mut aggregates = Vec::new();
    for (key, explicit, data) in records {
        let explicit = explicit.map(|key| key.to_string());
        aggregates.extend(aggregator.add(key, explicit.as_deref(), data.clone()).unwrap());
    }
    let returned = aggregates.iter().map(Aggregate::user_records).sum::<usize>();
    assert_eq!(aggregator.len(), records.len() - returned);
    aggregates.extend(aggregator.finish());
    assert!(aggregator.is_empty() && aggregator.size() == 0);
    aggregates
}

proptest! {
    #[test]
    fn every_user_record_comes_out_of_exactly_the_shard_of_its_hash_key(
        cuts in vec(any::<u128>(), 0..6),
        records in vec(user_record(), 0..60),
        max_size in 200_usize..2000,
        by_key: bool,
    ) {
        let shards = shards(cuts);
        let settings = Aggregator::with_max_size(max_size).unwrap();
        let aggregator = match by_key {
            true => ShardAggregator::by_key(&settings),
            false => ShardAggregator::new(&settings, shards.iter().rev().copied()).unwrap(),
        };
        let mut expected: BTreeMap<usize, Vec<UserRecord>> = BTreeMap::new();
        for record in &records {
            let explicit = record.1.map(|key| key.to_string());
            let key = hash_key(&record.0, explicit.as_deref());
            let shard = shards.iter().position(|range| range.contains(key)).unwrap();
            expected.entry(shard).or_default().push(record.clone());
        }
        let mut read = put_and_read(&shards, aggregate(aggregator, &records));
        if by_key {
            // Only the records of one key stay in order.
            read.values_mut().chain(expected.values_mut()).for_each(|records| records.sort());
        }
        prop_assert_eq!(read, expected);
    }
}

#[test]
fn keys_of_several_shards_in_one_aggregate_are_lost() {
    let shards = shards(vec![1 << 127]);
    let records: Vec<UserRecord> =
        (0..10).map(|number| (format!("sensor-{number}"), None, vec![number])).collect();
    let mut mixed = Aggregator::default();
    for (key, _, data) in &records {
        assert_eq!(mixed.add(key, None, data.clone()), Ok(None));
    }
    assert!(put_and_read(&shards, mixed.finish().into_iter().collect()).is_empty());
    let aggregator = ShardAggregator::new(&Aggregator::default(), shards.clone()).unwrap();
    let read = put_and_read(&shards, aggregate(aggregator, &records));
    assert_eq!(read.values().map(Vec::len).sum::<usize>(), 10);
}

#[test]
fn a_record_without_a_shard_and_overlapping_shards_are_errors() {
    let range = |start: u32, end: u32| HashKeyRange::new(&start.to_string(), &end.to_string());
    let (low, high) = (range(10, 19).unwrap(), range(30, 39).unwrap());
    let mut aggregator = ShardAggregator::new(&Aggregator::default(), [high, low]).unwrap();
    for key in [9, 20, 29, 40] {
        let error = aggregator.add("a", Some(&key.to_string()), "").unwrap_err();
        assert_eq!(error, AggregateError::NoShard { hash_key: HashKey(key) });
    }
    let invalid = aggregator.add("a", Some("010"), "").unwrap_err();
    assert_eq!(invalid, AggregateError::InvalidExplicitHashKey);
    assert!(aggregator.is_empty());
    for key in ["10", "19", "30", "39"] {
        assert_eq!(aggregator.add("a", Some(key), ""), Ok(None));
    }
    assert_eq!(aggregator.finish().len(), 2);
    let parent_and_child = [range(0, 39).unwrap(), low];
    let error = ShardAggregator::new(&Aggregator::default(), parent_and_child).unwrap_err();
    assert_eq!(error, AggregateError::OverlappingShards);
}
