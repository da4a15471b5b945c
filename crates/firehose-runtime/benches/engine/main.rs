//! Measures the time from event bytes to response bytes: for the [`Handler`], for the same
//! transform written by hand on `aws_lambda_events`, and for about the least possible work.
//!
//! ```text
//! cargo bench -p firehose-runtime --bench engine
//! ```
//!
//! The candidates take turns on one thread of one process, and the medians are printed. Times
//! depend on the machine, but ratios depend on the code.

mod growth;
mod hand_written;
/// The library of `examples/square-values`. As a dev-dependency, the example would enable features
/// in the tests of this crate.
#[allow(unreachable_pub, reason = "the file is the root of a library in the example")]
#[path = "../../../../examples/square-values/src/lib.rs"]
mod square_values;
mod threads;
mod workload;

use std::{hint::black_box, io::Write, time::Instant};

use base64::{Engine, engine::GeneralPurposeConfig, engine::Simd};
use firehose_runtime::{Bytes, Handler, Record, Transform, transform_fn};
use serde_json::Value;
use workload::{Workload, shortest_records};

const ROUNDS: usize = 41;

const WORKLOADS: [Workload; 4] = [
    Workload { records: 6679, record_bytes: 100 },
    Workload { records: 5951, record_bytes: 500 },
    Workload { records: 300, record_bytes: 10_000 },
    Workload { records: 4, record_bytes: 1_000_000 },
];

fn main() {
    let identity = handler(transform_fn(|record: Record| record.into_data()));
    let square = handler(square_values::transform());
    let mut out = std::io::stdout().lock();
    let mut line = |text: String| writeln!(out, "{text}").and_then(|()| out.flush()).unwrap();
    line(
        "                           ours             by hand          floor       by hand  ours"
            .into(),
    );
    line("transform  event           ms     MB/s      ms     MB/s      ms     MB/s  /ours   /floor  records/s".into());
    for workload in WORKLOADS {
        let event = Bytes::from(workload.event());
        let floor = Floor::new(&event);
        for (name, handler, by_hand) in [
            (
                "identity",
                &identity as &dyn AnyHandler,
                hand_written::identity as fn(&[u8]) -> Vec<u8>,
            ),
            ("square", &square, hand_written::square),
        ] {
            if !is_selected(name, workload) {
                continue;
            }
            assert_same_answers(name, &handler.answers(&event), &by_hand(&event));
            let [ours, by_hand, floor] = medians([
                &mut || drop(black_box(handler.answers(black_box(&event)))),
                &mut || drop(black_box(by_hand(black_box(&event)))),
                &mut || drop(black_box(floor.run(black_box(&event)))),
            ]);
            let speed = |seconds: f64| workload.payload_bytes() as f64 / 1e6 / seconds;
            line(format!(
                "{name:9}{:6} x {:<7}{:7.2} {:8.0} {:7.2} {:8.0} {:7.2} {:8.0} {:7.2} {:7.2} {:9.0}",
                workload.records,
                workload.record_bytes,
                ours * 1e3,
                speed(ours),
                by_hand * 1e3,
                speed(by_hand),
                floor * 1e3,
                speed(floor),
                by_hand / ours,
                ours / floor,
                workload.records as f64 / ours,
            ));
        }
    }
    if is_wanted("threads") {
        let [one, two] = threads::seconds().map(|seconds| seconds * 1e3);
        let ratio = two / one;
        line(format!(
            "\na computing transform: {one:.1} ms on one thread, {two:.1} ms on two, ratio {ratio:.2}"
        ));
    }
    if is_wanted("growth") {
        line(
            "\ntime for a record by the number of records, and its ratio to the shortest time"
                .into(),
        );
        print_growth(&mut line, "identity", &identity);
        print_growth(&mut line, "square", &square);
    }
}

/// Prints the time for a record by the number of records.
fn print_growth(line: &mut dyn FnMut(String), name: &str, handler: &dyn AnyHandler) {
    let long = |records| Workload { records, record_bytes: 500 }.event();
    let kinds: [(&str, &dyn Fn(usize) -> String); 2] =
        [("shortest", &shortest_records), ("500", &long)];
    for (kind, event) in kinds {
        let points = growth::nanoseconds_per_record(handler, event);
        let least = points.iter().map(|(_, time)| *time).fold(f64::INFINITY, f64::min);
        for (records, time) in points {
            let ratio = time / least;
            line(format!("{name:9}{records:6} x {kind:<9}{time:7.0} ns/record {ratio:6.2}"));
        }
    }
}

/// Returns `true` if the arguments name this part of the bench, or no part.
fn is_wanted(part: &str) -> bool {
    std::env::args().skip(1).all(|it| it.starts_with('-') || it == part)
}

/// Returns `true` if the arguments select the benchmark: `cargo bench -- identity 500` runs one
/// of the eight benchmarks.
fn is_selected(name: &str, workload: Workload) -> bool {
    let bytes = workload.record_bytes.to_string();
    std::env::args().skip(1).filter(|it| !it.starts_with('-')).all(|it| it == name || it == bytes)
}

/// Returns a handler with one thread and an unlimited response: the squares of 4 MB are longer than
/// Lambda's limit.
fn handler<T: Transform>(transform: T) -> Handler<T> {
    Handler::new(transform).with_threads(1).with_response_budget(usize::MAX / 2)
}

/// A handler of any transform.
trait AnyHandler {
    fn answers(&self, event: &Bytes) -> Bytes;
}

impl<T: Transform> AnyHandler for Handler<T> {
    fn answers(&self, event: &Bytes) -> Bytes {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(self.answer(event.clone())).unwrap().response
    }
}

/// About the least possible work: copy the event, find every string, decode the payloads, and
/// encode the same number of bytes.
struct Floor {
    engine: Simd,
    payloads: Vec<std::ops::Range<usize>>,
}

impl Floor {
    fn new(event: &[u8]) -> Self {
        let event = str::from_utf8(event).unwrap();
        let mut payloads = Vec::new();
        let mut at = 0;
        while let Some(found) = event[at..].find(r#""data":""#) {
            let start = at + found + r#""data":""#.len();
            let length = event[start..].find('"').unwrap();
            payloads.push(start..start + length);
            at = start + length;
        }
        Self { engine: Simd::standard(GeneralPurposeConfig::new()), payloads }
    }

    fn run(&self, event: &[u8]) -> String {
        let event = event.to_vec();
        let (mut at, mut strings) = (0, 0);
        while let Some(found) = memchr::memchr2(b'"', b'\\', &event[at..]) {
            at += found + 1;
            strings += 1;
        }
        black_box(strings);
        let mut response = String::with_capacity(event.len());
        let mut decoded = Vec::new();
        for payload in &self.payloads {
            decoded.clear();
            self.engine.decode_vec(&event[payload.clone()], &mut decoded).unwrap();
            self.engine.encode_string(&decoded, &mut response);
        }
        response
    }
}

/// Runs the candidates in turn, round after round. Returns the median seconds of each.
fn medians<const N: usize>(mut candidates: [&mut dyn FnMut(); N]) -> [f64; N] {
    let mut seconds = [const { Vec::new() }; N];
    for round in 0..ROUNDS + 3 {
        for (candidate, seconds) in candidates.iter_mut().zip(&mut seconds) {
            let start = Instant::now();
            candidate();
            // The first rounds only warm up caches and the allocator.
            if round >= 3 {
                seconds.push(start.elapsed().as_secs_f64());
            }
        }
    }
    seconds.map(|mut seconds| {
        seconds.sort_by(f64::total_cmp);
        seconds[seconds.len() / 2]
    })
}

/// Checks that the two responses have equal answers in the same order. JSON is compared as values.
fn assert_same_answers(name: &str, ours: &[u8], by_hand: &[u8]) {
    let records = |response: &[u8]| -> Vec<(Value, Value, Value)> {
        let mut response: Value = serde_json::from_slice(response).unwrap();
        let records = response["records"].as_array_mut().unwrap();
        let field = |record: &mut Value, name: &str| record[name].take();
        records
            .iter_mut()
            .map(|record| {
                let data = field(record, "data");
                let data = data.as_str().expect("a record was not answered Ok");
                let data = Simd::standard(GeneralPurposeConfig::new()).decode(data).unwrap();
                let data = serde_json::from_slice(&data).unwrap();
                (field(record, "recordId"), field(record, "result"), data)
            })
            .collect()
    };
    let (ours, by_hand) = (records(ours), records(by_hand));
    assert!(!ours.is_empty() && ours == by_hand, "{name}: the answers differ");
}
