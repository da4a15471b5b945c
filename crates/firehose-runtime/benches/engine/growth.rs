//! The time for a record, by the number of records in the event.

use std::{hint::black_box, time::Instant};

use firehose_runtime::Bytes;

use crate::AnyHandler;

const RECORDS: [usize; 4] = [100, 1000, 10_000, 100_000];

/// Returns the nanoseconds for a record in events of different numbers of records.
pub(crate) fn nanoseconds_per_record(
    handler: &dyn AnyHandler,
    event: impl Fn(usize) -> String,
) -> Vec<(usize, f64)> {
    let events = RECORDS.map(|records| Bytes::from(event(records)));
    let mut best = [f64::INFINITY; RECORDS.len()];
    // The events take turns, and each round runs the same number of records for each event.
    for _ in 0..15 {
        for ((records, event), best) in RECORDS.iter().zip(&events).zip(&mut best) {
            let times = RECORDS[RECORDS.len() - 1] / records;
            let start = Instant::now();
            for _ in 0..times {
                drop(black_box(handler.answers(black_box(event))));
            }
            let nanoseconds = start.elapsed().as_nanos() as f64 / (times * records) as f64;
            *best = best.min(nanoseconds);
        }
    }
    RECORDS.into_iter().zip(best).collect()
}
