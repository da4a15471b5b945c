//! Memory of the iterator, which holds one aggregate at a time.
//!
//! This test has a binary of its own, since the allocator counts the whole process.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use kpl_aggregation::{
    Aggregator, KinesisEvent, UserRecord, deaggregate, iter_deaggregate_records,
};
use md5::{Digest, Md5};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Returns the peak of additional bytes while an event with this many aggregates is read.
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

/// Returns the peak of additional bytes while 1 MiB of empty user records is read.
fn peak_of_empty_user_records() -> usize {
    let message = [vec![0x0a, 1, b'k'], [0x1a, 0].repeat(512 * 1024)].concat();
    let magic = [0xf3, 0x89, 0x9a, 0xc2];
    let record = Bytes::from([&magic, message.as_slice(), &Md5::digest(&message)].concat());
    let before = ALLOCATOR.current_usage();
    ALLOCATOR.reset_peak_usage();
    assert_eq!(deaggregate(record).count(), 512 * 1024);
    ALLOCATOR.peak_usage() - before
}

/// A single test, since tests run in parallel and the allocator counts all of them.
#[test]
fn memory_grows_with_one_aggregate_and_not_with_the_event() {
    let (one, ten) = (peak(1), peak(10));
    assert!(ten < one + one / 5, "{one} bytes with one aggregate, {ten} with ten");

    // Each user record takes 56 bytes, and the capacity of their list doubles as it grows.
    let empty = peak_of_empty_user_records();
    assert!(empty < 2 * 512 * 1024 * 56, "{empty} bytes");

    assert!(size_of::<UserRecord>() <= 160, "{} bytes", size_of::<UserRecord>());
}
