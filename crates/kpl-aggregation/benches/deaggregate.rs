//! Measures the time to split aggregates, and the time of the MD5 of the same bytes. Every reader
//! computes this MD5.
//!
//! ```text
//! cargo bench -p kpl-aggregation                 # only this crate
//! python3 crates/kpl-aggregation/benches/peers.py   # with its peers, in one run
//! ```
//!
//! `--event FILE` writes the measured event, for the peers.

#![expect(clippy::print_stdout, reason = "a bench prints its results")]

use std::{env, fs, hint::black_box, time::Instant};

use base64::{
    Engine,
    engine::{GeneralPurposeConfig, Simd, general_purpose::STANDARD},
};
use bytes::Bytes;
use kpl_aggregation::{Aggregator, KinesisEvent, deaggregate, iter_deaggregate_records};
use md5::{Digest, Md5};
use serde::de::IgnoredAny;
use serde_json::json;

const ROUNDS: usize = 41;

fn main() {
    let aggregates = aggregates();
    let records: usize = aggregates.iter().map(|it| deaggregate(it.clone()).count()).sum();
    let bytes: usize = aggregates.iter().map(Bytes::len).sum();
    let event = event(&aggregates);
    let arguments: Vec<String> = env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--event") {
        fs::write(&arguments[at + 1], &event).expect("the file of --event can be written");
    }
    let tasks: [(&str, &dyn Fn() -> usize); 4] = [
        ("md5 alone", &|| md5_alone(&aggregates)),
        ("raw bytes", &|| raw_bytes(&aggregates)),
        ("event, base64 in and out", &|| base64_in_and_out(&event)),
        ("the event's JSON alone", &|| json_alone(&event)),
    ];
    // Alternate between the tasks, so that other load on the machine affects all of them.
    let mut times = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        for ((_, task), times) in tasks.iter().zip(&mut times) {
            let start = Instant::now();
            black_box(task());
            times.push(start.elapsed().as_secs_f64());
        }
    }
    let medians = times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[ROUNDS / 2]
    });
    println!(
        "{records} user records in {} aggregates, {bytes} bytes; medians of {ROUNDS}",
        aggregates.len()
    );
    for ((name, _), median) in tasks.iter().zip(medians) {
        println!(
            "{name:<25} {:8.2} ms {:8.0} MB/s {:9.0} records/s {:6.2} times md5",
            median * 1e3,
            bytes as f64 / median / 1e6,
            records as f64 / median,
            median / medians[0],
        );
    }
}

/// Returns six aggregates of 1 MiB, with payloads of 500 bytes and a hundred keys of 32 characters.
fn aggregates() -> Vec<Bytes> {
    let mut aggregator = Aggregator::default();
    let mut aggregates = Vec::new();
    let mut random = 1_u64;
    while aggregates.len() < 6 {
        // An xorshift is random enough, since no code reads the payloads.
        let payload: Vec<u8> = (0..500)
            .map(|_| {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                random as u8
            })
            .collect();
        let key = format!("{:032}", random % 100);
        let full = aggregator.add(&key, None, payload).expect("a payload fits");
        aggregates.extend(full.map(kpl_aggregation::Aggregate::into_data));
    }
    aggregates
}

fn event(aggregates: &[Bytes]) -> String {
    let records: Vec<_> = (0..)
        .zip(aggregates)
        .map(|(number, aggregate): (usize, _)| {
            json!({
                "kinesis": {
                    "kinesisSchemaVersion": "1.0",
                    "partitionKey": "a",
                    "sequenceNumber": format!("4957267222366551442280524692665695463097248605953{number:07}"),
                    "data": STANDARD.encode(aggregate),
                    "approximateArrivalTimestamp": 1_518_133_507.063,
                },
                "eventSource": "aws:kinesis",
                "eventVersion": "1.0",
                "eventID": format!("shardId-000000000000:{number}"),
                "eventName": "aws:kinesis:record",
                "invokeIdentityArn": "arn:aws:iam::123456789012:role/consumer",
                "awsRegion": "us-east-1",
                "eventSourceARN": "arn:aws:kinesis:us-east-1:123456789012:stream/source",
            })
        })
        .collect();
    json!({ "Records": records }).to_string()
}

fn md5_alone(aggregates: &[Bytes]) -> usize {
    aggregates.iter().map(|it| usize::from(Md5::digest(&it[4..it.len() - 16])[0])).sum()
}

fn raw_bytes(aggregates: &[Bytes]) -> usize {
    let records = aggregates.iter().flat_map(|it| deaggregate(it.clone()));
    records.map(|record| record.expect("nothing is lost").data().len()).sum()
}

/// Does the work of the peers, and reads the JSON of the event, which the peers receive parsed.
fn base64_in_and_out(event: &str) -> usize {
    let event = KinesisEvent::parse(event).expect("the event is valid");
    let engine = Simd::standard(GeneralPurposeConfig::new());
    let records = iter_deaggregate_records(event.records);
    let encode = |data: &Bytes| engine.encode(data).len();
    records.map(|record| encode(record.expect("nothing is lost").data())).sum()
}

/// Reads the JSON alone: once for the event, and once for each record.
fn json_alone(event: &str) -> usize {
    let event = KinesisEvent::parse(event).expect("the event is valid");
    let read = |text| serde_json::from_str::<IgnoredAny>(text).expect("the record is valid");
    event.records.iter().map(|record| (read(record.get()), 1).1).sum()
}
