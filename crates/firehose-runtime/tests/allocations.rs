//! The number and the size of allocations for an event. The docs of the crate state the same
//! figures.

use std::fmt::Write;

use allocation_counter::AllocationInfo;
use base64::{Engine, engine::general_purpose::STANDARD};
use firehose_runtime::{Handler, Outcome, Record, Transform, json_fn, transform_fn};
use serde::{Deserialize, Serialize};

/// Measures the allocations of one answer, the event included.
fn measure(transform: impl Transform, event: &str) -> AllocationInfo {
    let (allocations, is_answered) = measure_any(transform, event);
    assert!(is_answered);
    allocations
}

/// Measures the allocations of an answer or an error. Returns `true` for an answer.
fn measure_any(transform: impl Transform, event: &str) -> (AllocationInfo, bool) {
    let handler = Handler::new(transform).with_threads(1);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut is_answered = false;
    let allocations = allocation_counter::measure(|| {
        let answer = runtime.block_on(handler.answer(event.as_bytes().to_vec()));
        is_answered = answer.is_ok();
    });
    (allocations, is_answered)
}

fn event(records: usize, payload: &str) -> String {
    let data = STANDARD.encode(payload);
    let mut event = r#"{"sourceKinesisStreamArn": "arn", "records": ["#.to_owned();
    for index in 0..records {
        let comma = if index == 0 { "" } else { "," };
        write!(
            event,
            concat!(
                r#"{}{{"recordId":"{:060}","approximateArrivalTimestamp":1763683200000,"data":"{}","#,
                r#""kinesisRecordMetadata":{{"sequenceNumber":"{}","subsequenceNumber":0,"#,
                r#""partitionKey":"key","shardId":"shardId-000000000000","#,
                r#""approximateArrivalTimestamp":1763683200000}}}}"#
            ),
            comma, index, data, index
        )
        .unwrap();
    }
    event + "]}"
}

/// Returns the allocations for each further record.
fn per_record<T: Transform>(transform: impl Fn() -> T, payload: &str) -> u64 {
    let [few, many] =
        [1000, 3000].map(|records| measure(transform(), &event(records, payload)).count_total);
    (many - few) / 2000
}

fn identity() -> impl Transform {
    transform_fn(|record: Record| record.into_data())
}

#[derive(Deserialize)]
struct Reading {
    celsius: f64,
}

#[derive(Serialize)]
struct Converted {
    fahrenheit: f64,
}

fn convert() -> impl Transform {
    json_fn(|reading: Reading| Some(Converted { fahrenheit: reading.celsius * 1.8 + 32.0 }))
}

#[test]
fn a_record_takes_four_allocations_besides_those_of_its_transform() {
    // The payload, the metadata of the record, the texts of the Kinesis metadata, and the future
    // that the trait returns.
    assert_eq!(per_record(identity, "payload"), 4);
    // In addition: the output, and the shared owner that `Bytes` allocates for a buffer with unused
    // room.
    assert_eq!(per_record(convert, r#"{"celsius": 21.5}"#), 6);
}

#[test]
fn memory_is_linear_in_the_length_of_the_event() {
    for (records, length) in [(100, 0), (100, 500), (1000, 100), (10_000, 500), (50_000, 0)] {
        let event = event(records, &"x".repeat(length));
        let factor = measure(identity(), &event).bytes_max as f64 / event.len() as f64;
        assert!(factor < 4.0, "{factor:.2} times {} bytes", event.len());
    }
}

#[test]
fn causes_are_bounded() {
    let event = event(20_000, "");
    let fails = transform_fn(|_: Record| Outcome::failed("x".repeat(1000)));
    let factor = measure(fails, &event).bytes_max as f64 / event.len() as f64;
    assert!(factor < 6.0, "{factor:.2} times {} bytes", event.len());
}

#[test]
fn memory_for_hostile_events_is_bounded() {
    for (record, most, is_answered) in [
        ("1", 2.5, true),
        ("{}", 2.5, true),
        ("[[[]]]", 2.5, true),
        (r#"{"recordId":"","data":"","other":"long value"}"#, 12.0, true),
        (r#"{"recordId":"","data":0,"other":"long value"}"#, 20.0, true),
        (r#"{"recordId":"\u0000","other":"a much longer value"}"#, 20.0, true),
        (r#"{"recordId":"\ud800","other":"a much longer value"}"#, 20.0, true),
        // The answers to so many records exceed Lambda's limit.
        (r#"{"recordId":"","data":""}"#, 12.0, false),
        (r#"{"recordId":1}"#, 20.0, false),
    ] {
        let length = 6 * 1024 * 1024 - 14;
        let records = vec![record; length / (record.len() + 1)];
        let event = format!(r#"{{"records":[{}]}}"#, records.join(","));
        let (allocations, answered) = measure_any(identity(), &event);
        let factor = allocations.bytes_max as f64 / event.len() as f64;
        assert!(factor < most, "{factor:.2} times {} bytes of {record}", event.len());
        assert_eq!(answered, is_answered, "{record}");
    }
}
