//! The wall time of a transform that computes, on one thread and on two.

use std::{hint::black_box, time::Instant};

use firehose_runtime::{Bytes, Handler, Record, Transform, transform_fn};

use crate::{AnyHandler, workload::Workload};

const ROUNDS: usize = 15;

/// The number of hashes of each payload. Together they take about a tenth of a millisecond.
const HASHES: usize = 200;

/// Returns the shortest time for an event, in seconds, on one thread and on two. The two handlers
/// take turns.
pub(crate) fn seconds() -> [f64; 2] {
    let event = Bytes::from(Workload { records: 500, record_bytes: 500 }.event());
    let handlers = [1, 2].map(|threads| Handler::new(compute()).with_threads(threads));
    let mut best = [f64::INFINITY; 2];
    for _ in 0..ROUNDS {
        for (handler, best) in handlers.iter().zip(&mut best) {
            let start = Instant::now();
            drop(black_box(handler.answers(black_box(&event))));
            *best = best.min(start.elapsed().as_secs_f64());
        }
    }
    best
}

/// A transform that hashes each payload many times, and returns the payload.
fn compute() -> impl Transform {
    transform_fn(|record: Record| {
        for _ in 0..HASHES {
            // FNV-1a.
            let hash = black_box(record.data()).iter().fold(0xcbf2_9ce4_8422_2325, hash_byte);
            black_box(hash);
        }
        record.into_data()
    })
}

fn hash_byte(hash: u64, byte: &u8) -> u64 {
    (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
}
