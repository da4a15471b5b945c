//! The iterator holds one aggregate at a time. A test binary of its own, since other tests in
//! the same process would be counted too.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use kpl_aggregation::{
    Aggregator, KinesisEvent, UserRecord, deaggregate, iter_deaggregate_records,
};
use md5::{Digest, Md5};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// The most bytes above what there was, while an event of so many aggregates is read.
fn peak(aggregates: usize) -> usize {
    let mut aggregator = Aggregator::default();
    for _ in 0..500 {
        aggregator.add("key", None, vec![b'x'; 1000]).unwrap();
    }
    let data = STANDARD.encode(aggregator.finish().unwrap().data());
    let record = format!(r#"{{"kinesis": {{"sequenceNumber": "1", "data": "{data}"}}}}"#);
    let event = format!("[{}]", vec![record; aggregates].join(","));
    let event = KinesisEvent::parse(&event).unwrap();
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    let count = iter_deaggregate_records(event.records.iter().copied()).map(Result::unwrap).count();
    assert_eq!(count, 500 * aggregates);
    ALLOCATOR.peak_usage() - before
}

/// The most bytes above what there was, while the emptiest user records of 1 MiB are read.
fn peak_of_empty_user_records() -> usize {
    let message = [vec![0x0a, 1, b'k'], [0x1a, 0].repeat(512 * 1024)].concat();
    let magic = [0xf3, 0x89, 0x9a, 0xc2];
    let record = Bytes::from([&magic, message.as_slice(), &Md5::digest(&message)].concat());
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    assert_eq!(deaggregate(record).count(), 512 * 1024);
    ALLOCATOR.peak_usage() - before
}

/// One test, since another one beside it would be counted too.
#[test]
fn memory_grows_with_one_aggregate_and_not_with_the_event() {
    let (one, ten) = (peak(1), peak(10));
    assert!(ten < one + one / 5, "{one} bytes with one aggregate, {ten} with ten");

    // 56 bytes for each, and the list of them doubles as it grows.
    let empty = peak_of_empty_user_records();
    assert!(empty < 2 * 512 * 1024 * 56, "{empty} bytes");

    assert!(size_of::<UserRecord>() <= 160, "{} bytes", size_of::<UserRecord>());
}
