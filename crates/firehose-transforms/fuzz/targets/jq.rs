//! Compiles a filter and runs it on an item: the first line of the input is the filter, and the
//! rest is the item. Also runs fixed filters on the item. Every output is valid JSON. An item that
//! is not valid JSON fails.
//!
//! ```text
//! RUSTC_BOOTSTRAP=1 cargo fuzz run jq --fuzz-dir crates/firehose-transforms/fuzz -- -max_total_time=60
//! ```

#![no_main]

use std::sync::LazyLock;

use firehose_transforms::jq::{JqFilter, JqLimits};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

/// Filters that read every part of an item.
static FILTERS: LazyLock<Vec<JqFilter>> = LazyLock::new(|| {
    let filters = [
        ".",
        "..",
        "[paths]",
        "walk(.)",
        "tojson | fromjson",
        "del(.[0]?, .a?)",
        "[.. | tostring | explode | implode]",
        ". == .",
        "[..] | sort | unique | group_by(type)",
        "[.. | numbers | . * ., -., floor]",
        "[.. | strings | .[1:], split(\"\"), ascii_downcase, @uri, @base64, test(\"a.\")]",
        "[tostream] | fromstream(.[])",
        ".. |= .",
        "try (to_entries | from_entries) catch .",
    ];
    filters.map(|filter| limited(JqFilter::new(filter).unwrap())).into()
});

fn limited(filter: JqFilter) -> JqFilter {
    filter.with_limits(JqLimits::default().with_operations(100_000).with_bytes(10_000_000))
}

fuzz_target!(|data: &[u8]| {
    let line = data.iter().position(|&byte| byte == b'\n').unwrap_or(0);
    let (filter, item) = data.split_at(line);
    let is_json = serde_json::from_slice::<&RawValue>(item).is_ok();
    let item = item.to_vec().into();
    for filter in FILTERS.iter() {
        let result = filter.run(&item);
        assert!(is_json || result.is_err());
        for output in result.into_iter().flatten() {
            serde_json::from_slice::<&RawValue>(&output).unwrap();
        }
    }
    if let Some(filter) = std::str::from_utf8(filter).ok().and_then(|it| JqFilter::new(it).ok()) {
        for output in limited(filter).run(&item).into_iter().flatten() {
            serde_json::from_slice::<&RawValue>(&output).unwrap();
        }
    }
});
