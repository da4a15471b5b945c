//! The iterator holds one aggregate at a time. A test binary of its own, since other tests in
//! the same process would be counted too.

use base64::{Engine, engine::general_purpose::STANDARD};
use kpl_aggregation::{Aggregator, KinesisEvent, iter_deaggregate_records};
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

#[test]
fn memory_grows_with_one_aggregate_and_not_with_the_event() {
    let (one, ten) = (peak(1), peak(10));
    assert!(ten < one + one / 5, "{one} bytes with one aggregate, {ten} with ten");
}
