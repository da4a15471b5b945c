//! Reads the input as text from other programs and users: a function's response, error lines, a
//! template, and prefixes.
//!
//! The target tests `firehose-delivery` and `firehose-template`. The target is in
//! `firehose-template`, because this crate depends on the other one.
//!
//! ```text
//! RUSTC_BOOTSTRAP=1 cargo fuzz run foreign --fuzz-dir crates/firehose-template/fuzz -- -max_total_time=60
//! ```

#![no_main]

use std::collections::BTreeMap;

use firehose_delivery::{
    delivery_stream::{
        ErrorLine, ErrorOutputPrefix, PartitionKeys, Prefix, StreamRecord, read_response,
    },
    source::{DirectPut, PutRecord},
};
use firehose_template::{GivenValues, read_cloudformation};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    respond(data);
    data.split(|byte| *byte == b'\n').for_each(error_line);
    if let Ok(text) = str::from_utf8(data) {
        let _ = read_cloudformation(text, &GivenValues::default());
        evaluate(text);
    }
});

/// Asserts that each record has one outcome, whatever the response is.
fn respond(response: &[u8]) {
    let mut stream = DirectPut::new(Timestamp::UNIX_EPOCH);
    let records: Vec<StreamRecord> = (1..=3)
        .filter_map(|n| stream.put(PutRecord::new(n, "x".into()), Timestamp::UNIX_EPOCH).ok())
        .collect();
    // The fuzzer cannot know the record ids, so `#1`, `#2` and `#3` in the response stand for them.
    let mut text = String::from_utf8_lossy(response).into_owned();
    for (index, record) in records.iter().enumerate() {
        text = text.replace(&format!("#{}", index + 1), &record.record_id);
    }
    if let Ok(answers) = read_response(text.as_bytes(), &records, &[]) {
        assert_eq!(answers.outcomes.len(), records.len());
    }
}

/// Asserts that a parsed line stays the same when it is written and parsed again.
fn error_line(line: &[u8]) {
    if let Ok(read) = ErrorLine::parse(line) {
        let mut written = Vec::new();
        read.write(&mut written);
        assert_eq!(ErrorLine::parse(&written).as_ref(), Ok(&read));
    }
}

/// Asserts that an evaluated prefix has at most 512 characters, the limit of Firehose, plus the 14
/// characters of an appended hour, `yyyy/MM/dd/HH/`.
fn evaluate(text: &str) {
    let arrival = Timestamp::from_second(1_763_000_060).unwrap().to_zoned(jiff::tz::TimeZone::UTC);
    let keys = BTreeMap::from([("k".to_owned(), "value".to_owned())]);
    let mut uuid = || "046b6c7f-0b8a-43b9-b35d-6489e6daee91".parse().unwrap();
    if let Ok(prefix) = Prefix::parse(text)
        && let Ok(evaluated) = prefix.evaluate(&arrival, PartitionKeys::of_lambda(&keys), &mut uuid)
    {
        assert!(evaluated.chars().count() <= 512 + 14);
    }
    if let Ok(prefix) = ErrorOutputPrefix::parse(text)
        && let Ok(evaluated) = prefix.evaluate(&arrival, "processing-failed", &mut uuid)
    {
        assert!(evaluated.chars().count() <= 512 + 14);
    }
}
