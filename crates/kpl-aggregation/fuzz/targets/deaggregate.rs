//! Reads any bytes as a record, as the message of an aggregate and as an event, and checks that the
//! results are consistent.
//!
//! ```text
//! RUSTC_BOOTSTRAP=1 cargo fuzz run deaggregate --fuzz-dir crates/kpl-aggregation/fuzz -- -max_total_time=60
//! ```

#![no_main]

use bytes::Bytes;
use kpl_aggregation::{
    Aggregator, Deaggregator, HashKeyRange, KinesisEvent, LostRecords, RawUserRecord, deaggregate,
    deaggregate_records,
};
use libfuzzer_sys::fuzz_target;
use md5::{Digest, Md5};

fuzz_target!(|bytes: &[u8]| {
    check(Bytes::copy_from_slice(bytes));
    // A fuzzer cannot guess a valid digest, so frame the bytes as an aggregate.
    let magic = [0xf3, 0x89, 0x9a, 0xc2];
    check([&magic, bytes, &Md5::digest(bytes)].concat().into());
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(event) = KinesisEvent::parse(text)
    {
        let _ = deaggregate_records(event.records);
    }
});

fn check(record: Bytes) {
    let items: Vec<_> = deaggregate(record.clone()).collect();
    let (records, lost) = split(&items);
    for (number, user_record) in (0..).zip(&records) {
        assert_eq!(user_record.sub_sequence_number(), number);
        if user_record.is_aggregated() {
            assert!(user_record.partition_key().is_some());
            assert!(is_inside(user_record.data(), &record), "a payload is copied");
        } else {
            assert_eq!((records.len(), user_record.data(), lost), (1, &record, None));
        }
    }
    let strict: Vec<_> = Deaggregator::default().strict(true).deaggregate(record.clone()).collect();
    match lost {
        None => assert_eq!(strict, items),
        Some(lost) => {
            assert_eq!(lost.first(), records.len() as u64);
            assert_eq!(split(&strict).1.unwrap().count(), lost.first() + lost.count());
        }
    }
    let everything = HashKeyRange::new("0", &u128::MAX.to_string()).unwrap();
    let ranged: Vec<_> =
        Deaggregator::default().hash_key_range(everything).deaggregate(record).collect();
    let has_valid_hash_keys = records.iter().all(|it| {
        it.explicit_hash_key().is_none_or(|key| {
            key.parse::<u128>().is_ok()
                && key.len() <= 39
                && !key.starts_with('+')
                && (key == "0" || !key.starts_with('0'))
        })
    });
    if has_valid_hash_keys {
        assert_eq!(ranged, items);
        check_again(&records);
    }
}

/// Aggregates the user records again, and checks that splitting returns the same records.
fn check_again(records: &[&RawUserRecord]) {
    let mut aggregator = Aggregator::with_max_size(Aggregator::LARGEST_MAX_SIZE).unwrap();
    for record in records.iter().filter(|record| record.is_aggregated()) {
        let (key, hash_key) = (record.partition_key().unwrap(), record.explicit_hash_key());
        // U+FFFD is longer than the byte that it replaces, so the records may not fit any more.
        if aggregator.add(key, hash_key, record.data().clone()).map_or(true, |full| full.is_some())
        {
            return;
        }
    }
    let Some(aggregate) = aggregator.finish() else { return };
    let again: Vec<_> = deaggregate(aggregate.into_data()).map(Result::unwrap).collect();
    assert!(again.iter().eq(records.iter().copied()));
}

type Item = Result<RawUserRecord, LostRecords>;

fn split(items: &[Item]) -> (Vec<&RawUserRecord>, Option<&LostRecords>) {
    let lost = items.iter().find_map(|item| item.as_ref().err());
    (items.iter().filter_map(|item| item.as_ref().ok()).collect(), lost)
}

fn is_inside(part: &Bytes, whole: &Bytes) -> bool {
    let (part, whole) = (part.as_ptr_range(), whole.as_ptr_range());
    part.start == part.end || (whole.start <= part.start && part.end <= whole.end)
}
