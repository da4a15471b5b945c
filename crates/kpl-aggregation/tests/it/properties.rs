//! Round trips of valid records, and defined results for damaged ones.

use bytes::Bytes;
use kpl_aggregation::{
    Aggregate, AggregateError, Aggregator, Deaggregator, HashKeyRange, deaggregate, is_aggregated,
};
use md5::{Digest, Md5};
use proptest::prelude::*;

type UserRecord = (String, Option<u128>, Vec<u8>);

fn user_record() -> impl Strategy<Value = UserRecord> {
    // A few short keys, so that keys repeat.
    let key = prop_oneof![2 => "[ab]{0,2}", 1 => any::<String>()];
    let hash_key = prop_oneof![2 => Just(None), 1 => (0..3_u128).prop_map(Some), 1 => any::<u128>().prop_map(Some)];
    (key, hash_key, prop::collection::vec(any::<u8>(), 0..200))
}

fn aggregate(max_size: usize, records: &[UserRecord]) -> Vec<Aggregate> {
    let mut aggregator = Aggregator::with_max_size(max_size).unwrap();
    let mut aggregates = Vec::new();
    for (key, hash_key, data) in records {
        let hash_key = hash_key.map(|key| key.to_string());
        aggregates.extend(aggregator.add(key, hash_key.as_deref(), data.clone()).unwrap());
    }
    aggregates.extend(aggregator.finish());
    aggregates
}

/// Frames a message.
fn framed(message: &[u8]) -> Bytes {
    let magic = [0xf3, 0x89, 0x9a, 0xc2];
    [&magic, message, &Md5::digest(message)].concat().into()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// Returns an aggregate of one key in each table, and of records with these indices.
fn with_indices(indices: &[(u64, Option<u64>)]) -> Bytes {
    let mut message = vec![0x0a, 1, b'k', 0x12, 1, b'7'];
    for (key, hash_key) in indices {
        let mut record = [vec![0x08], varint(*key)].concat();
        if let Some(hash_key) = hash_key {
            record.extend([vec![0x10], varint(*hash_key)].concat());
        }
        record.extend([0x1a, 1, b'x']);
        message.extend([vec![0x1a], varint(record.len() as u64), record].concat());
    }
    framed(&message)
}

proptest! {
    #[test]
    fn deaggregation_returns_the_aggregated_records(
        records in prop::collection::vec(user_record(), 0..40),
        max_size in 600_usize..5000,
    ) {
        let aggregates = aggregate(max_size, &records);
        let mut out = Vec::new();
        for aggregate in aggregates {
            prop_assert!(aggregate.data().len() <= max_size);
            prop_assert!(is_aggregated(aggregate.data()));
            let (key, hash_key) = (aggregate.partition_key().to_owned(), aggregate.explicit_hash_key().map(str::to_owned));
            let user_records = aggregate.user_records();
            let split: Vec<_> = deaggregate(aggregate.into_data()).collect::<Result<_, _>>().unwrap();
            prop_assert_eq!(split.len(), user_records);
            prop_assert_eq!(split[0].partition_key(), Some(key.as_str()));
            prop_assert_eq!(split[0].explicit_hash_key(), hash_key.as_deref());
            for (number, record) in (0..).zip(split) {
                prop_assert_eq!(record.sub_sequence_number(), number);
                prop_assert!(record.is_aggregated());
                out.push((
                    record.partition_key().unwrap().to_owned(),
                    record.explicit_hash_key().map(|key| key.parse().unwrap()),
                    record.data().to_vec(),
                ));
            }
        }
        prop_assert_eq!(out, records);
    }

    #[test]
    fn an_aggregate_contains_every_record_that_fits(
        records in prop::collection::vec(user_record(), 1..40),
        max_size in 600_usize..2000,
        count_partition_key: bool,
    ) {
        let mut aggregator = Aggregator::with_max_size(max_size).unwrap().count_partition_key(count_partition_key);
        let mut so_far = Vec::new();
        for (key, hash_key, data) in &records {
            let hash_key_text = hash_key.map(|key| key.to_string());
            let full = aggregator.add(key, hash_key_text.as_deref(), data.clone()).unwrap();
            so_far.push((key.clone(), *hash_key, data.clone()));
            let Some(full) = full else { continue };
            let counted = |aggregate: &Aggregate| {
                let key = if count_partition_key { aggregate.partition_key().len() } else { 0 };
                aggregate.data().len() + key
            };
            prop_assert!(counted(&full) <= max_size);
            // With the next record, the aggregate would be too large.
            let larger = aggregate(Aggregator::DEFAULT_MAX_SIZE, &so_far);
            prop_assert!(counted(&larger[0]) > max_size);
            so_far = so_far.split_off(so_far.len() - 1);
        }
    }

    #[test]
    fn any_message_in_a_valid_frame_has_a_defined_result(message: Vec<u8>, range_start: u128) {
        let record = framed(&message);
        let range = HashKeyRange::new(&range_start.to_string(), &u128::MAX.to_string()).unwrap();
        for deaggregator in [Deaggregator::default(), Deaggregator::default().strict(true), Deaggregator::default().hash_key_range(range)] {
            let items: Vec<_> = deaggregator.deaggregate(record.clone()).collect();
            let errors = items.iter().filter(|item| item.is_err()).count();
            prop_assert!(errors == 0 || (errors == 1 && items.last().unwrap().is_err()));
        }
    }

    #[test]
    fn any_index_has_a_defined_result(indices in prop::collection::vec((index(), prop::option::of(index())), 1..6)) {
        let first_bad = indices.iter().position(|(key, hash_key)| *key > 0 || hash_key.is_some_and(|it| it > 0));
        let record = with_indices(&indices);
        let items: Vec<_> = deaggregate(record.clone()).collect();
        let good = items.iter().filter(|item| item.is_ok()).count();
        prop_assert_eq!(good, first_bad.unwrap_or(indices.len()));
        let strict: Vec<_> = Deaggregator::default().strict(true).deaggregate(record).collect();
        match first_bad {
            None => prop_assert_eq!(strict.len(), indices.len()),
            Some(first) => {
                let lost = items.last().unwrap().as_ref().unwrap_err();
                prop_assert_eq!((lost.first(), lost.count()), (first as u64, (indices.len() - first) as u64));
                let all = strict[0].as_ref().unwrap_err();
                prop_assert_eq!((strict.len(), all.first(), all.count()), (1, 0, indices.len() as u64));
            }
        }
    }
}

/// Generates mostly the valid index, and sometimes the limits of 32 and of 64 bits.
fn index() -> impl Strategy<Value = u64> {
    prop_oneof![6 => Just(0), 1 => 1..5_u64, 1 => Just(1 << 32), 1 => Just(u64::MAX)]
}

#[test]
fn an_aggregate_with_a_cut_end_or_a_flipped_bit_is_a_plain_record() {
    let records: Vec<_> =
        (0..5_u8).map(|n| (format!("key {}", n % 2), Some(u128::from(n)), vec![n; 20])).collect();
    let whole = aggregate(1000, &records).remove(0).into_data();
    assert_eq!(deaggregate(whole.clone()).count(), 5);
    let assert_plain = |record: Bytes, what: &str| {
        let items: Vec<_> = deaggregate(record.clone()).collect::<Result<_, _>>().unwrap();
        assert_eq!(
            (items.len(), items[0].is_aggregated(), items[0].data()),
            (1, false, &record),
            "{what}"
        );
    };
    for length in 0..whole.len() {
        assert_plain(whole.slice(..length), "a prefix");
    }
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut flipped = whole.to_vec();
            flipped[at] ^= 1 << bit;
            assert_plain(flipped.into(), "a flipped bit");
        }
    }
}

/// The digest of each damaged message is valid, so that decoding sees the damage.
#[test]
fn every_damaged_message_has_a_defined_result() {
    let records: Vec<_> =
        (0..4_u8).map(|n| (format!("key {}", n % 2), Some(u128::from(n)), vec![n; 9])).collect();
    let whole = aggregate(1000, &records).remove(0).into_data();
    let message = &whole[4..whole.len() - 16];
    for length in 0..message.len() {
        // A prefix of whole fields contains the first records. Any other prefix is a plain record.
        for (item, whole) in deaggregate(framed(&message[..length])).zip(deaggregate(whole.clone()))
        {
            let item = item.unwrap();
            assert!(!item.is_aggregated() || item == whole.unwrap());
        }
    }
    for at in 0..message.len() {
        for byte in 0..=255 {
            let mut damaged = message.to_vec();
            damaged[at] = byte;
            let record = framed(&damaged);
            let items: Vec<_> = deaggregate(record.clone()).flatten().collect();
            // The result is one plain record, or only user records.
            let plain = items.iter().filter(|item| !item.is_aggregated()).count();
            assert!(plain == 0 || (plain == 1 && items.len() == 1 && *items[0].data() == record));
        }
    }
}

#[test]
fn payloads_are_slices_of_the_record() {
    let records: Vec<_> = (0..50_u8).map(|n| ("key".to_owned(), None, vec![n; 100])).collect();
    let whole = aggregate(10_000, &records).remove(0).into_data();
    let inside = whole.as_ptr_range();
    for record in deaggregate(whole.clone()) {
        let record = record.unwrap();
        let data = record.data().as_ptr_range();
        assert!(inside.contains(&data.start) && data.end <= inside.end);
        let key = record.partition_key().unwrap().as_bytes().as_ptr_range();
        assert!(inside.contains(&key.start) && key.end <= inside.end);
    }
    let plain = Bytes::from_static(b"plain");
    let record = deaggregate(plain.clone()).next().unwrap().unwrap();
    assert_eq!(record.data().as_ptr(), plain.as_ptr());
}

#[test]
fn a_rejected_record_leaves_the_aggregator_unchanged() {
    let mut aggregator = Aggregator::with_max_size(100).unwrap();
    aggregator.add("a", Some("1"), vec![0; 20]).unwrap();
    let before = aggregator.clone().finish();
    let too_large = aggregator.add("b", None, vec![0; 100]).unwrap_err();
    assert!(
        matches!(too_large, AggregateError::TooLarge { size: 129, max_size: 100 }),
        "{too_large:?}"
    );
    for invalid in ["", "-1", "+1", "01", "00", "340282366920938463463374607431768211456"] {
        let invalid = aggregator.add("b", Some(invalid), "").unwrap_err();
        assert_eq!(invalid, AggregateError::InvalidExplicitHashKey);
    }
    assert_eq!((aggregator.len(), aggregator.finish()), (1, before));
    assert_eq!(aggregator.finish(), None);
    assert!(Aggregator::with_max_size(Aggregator::LARGEST_MAX_SIZE).is_ok());
    assert!(Aggregator::with_max_size(Aggregator::LARGEST_MAX_SIZE + 1).is_err());
}

#[test]
fn a_single_record_may_have_no_frame() {
    let mut aggregator = Aggregator::default().single_plain(true);
    assert_eq!(aggregator.size(), 20);
    aggregator.add("key", Some("7"), "alone").unwrap();
    let alone = aggregator.finish().unwrap();
    assert_eq!(
        (alone.data().as_ref(), alone.partition_key(), alone.explicit_hash_key()),
        (&b"alone"[..], "key", Some("7"))
    );
    aggregator.add("key", None, "one").unwrap();
    aggregator.add("key", None, "two").unwrap();
    let size = aggregator.size();
    let both = aggregator.finish().unwrap();
    assert!(is_aggregated(both.data()) && both.data().len() == size);
}
