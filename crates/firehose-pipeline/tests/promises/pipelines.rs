//! Random pipelines, combined from all inputs, steps, outputs and values of `on_error`.

use std::collections::BTreeSet;

use firehose_pipeline::Pipeline;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::names::Names;

/// Returns the values of `input`, at least one for each format.
fn inputs() -> Vec<Value> {
    vec![
        json!("json"),
        json!("json_lines"),
        json!("json_array"),
        json!("json_values"),
        json!("text"),
        json!("lines"),
        json!("csv"),
        json!("raw"),
        json!("cloudwatch_logs"),
        json!("kpl"),
        json!({"format": "csv", "fields": ["a", "b"], "delimiter": ";"}),
        json!({"format": "cloudwatch_logs", "messages": "json"}),
        json!({"format": "cloudwatch_logs", "messages": "only"}),
        json!({"format": "kpl", "user_records": "text"}),
    ]
}

/// Returns the values of `decompress`, at least one for each format, and limits that some records
/// exceed.
fn compressions() -> Vec<Value> {
    vec![
        json!("auto"),
        json!("gzip"),
        json!("zlib"),
        json!("zstd"),
        json!("snappy"),
        json!({"format": "auto", "max_bytes": 150}),
        json!({"format": "gzip", "max_bytes": 150}),
        json!({"format": "zlib", "max_bytes": 40}),
    ]
}

/// Returns the steps, at least one for each name.
fn steps() -> Vec<Value> {
    vec![
        json!({"parse": "apache_common"}),
        json!({"parse": "syslog"}),
        json!({"parse": "logfmt"}),
        json!({"parse": {"format": "csv", "fields": ["a", "b"]}}),
        json!({"parse": {"format": "regex", "pattern": "(?<a>[a-z]+)-(?<b>.*)", "from": ".message"}}),
        json!({"parse": {"format": "grok", "pattern": "%{NUMBER:n:float}", "from": ".a", "into": ".g"}}),
        json!({"jq": "{a, b, m: .message}"}),
        json!({"jq": ".[]?"}),
        json!({"jq": ".a.b.c"}),
        json!({"jq": ". + 1"}),
        json!({"drop_if": ".a == 1"}),
        json!({"keep_if": ".a > .b"}),
        json!({"match": {"allow": "[a-z]", "deny": "^x"}}),
        json!({"match": {"fields": ".a", "allow": "1", "on_reject": "fail"}}),
        json!({"json_schema": {"schema": {"required": ["a"]}, "on_reject": "fail"}}),
        json!({"add": {"at": "arrival_time", "id": "record_id", "stream": "delivery_stream", "env": {"value": "prod"}}}),
        json!({"cast": {".a": "number", ".b": "bool"}}),
        json!({"cast": {".time": {"from": "rfc3339", "to": "epoch_millis"}}}),
        json!({"flatten": {"arrays": true}}),
        json!({"pick": [".a", ".user.name"]}),
        json!({"remove": {"fields": ".a", "on_missing": "fail"}}),
        json!({"rename": {".a": "message"}}),
        json!({"snake_case": {}}),
        json!({"hash": {"fields": [".a", ".user"], "key_env": "CARGO_PKG_DESCRIPTION"}}),
        json!({"mask": {"fields": [".message"], "keep_last": 2}}),
        json!({"redact": ["email", "ipv4", "credit_card"]}),
        json!({"redact": {"fields": [".user"]}}),
    ]
}

/// Returns the values of `output`, at least one for each format.
fn outputs() -> Vec<Value> {
    vec![
        json!("json_lines"),
        json!("json"),
        json!("text"),
        json!("raw"),
        json!({"format": "csv", "columns": ["a", ".user.name"], "header": true}),
        json!({"format": "csv", "columns": {"all": ".", "x": "y"}, "delimiter": "\t"}),
        json!("splunk_hec"),
        json!({"format": "splunk_hec", "time": ".time", "host": ".a", "event": ".message", "fields": {"b": ".b"}}),
        json!("elasticsearch_bulk"),
        json!({"format": "elasticsearch_bulk", "action": "create", "index": "logs", "id": ".a"}),
        json!({"format": "loki", "labels": {"app": "shop", "a": ".a?"}}),
        json!({"format": "loki", "labels": {"b": ".b"}, "time": ".time", "line": ".message"}),
    ]
}

const ON_ERROR: [&str; 3] = ["fail", "drop_item", "keep_original"];

const ON_OVERSIZE: [&str; 2] = ["fail", "reingest"];

const PARTITION_KEYS: [&str; 2] = [".a", "\"x\""];

/// The text of a pipeline.
#[derive(Clone, Debug)]
pub(crate) struct RandomPipeline {
    pub(crate) text: String,
    /// The names in the file.
    pub(crate) names: Names,
    /// The name of the input, and the name of its compression or an empty text.
    pub(crate) input: (String, String),
}

/// Returns the file with another field or step. Returns the file unchanged if it would be invalid, for
/// example because a step cannot read the outputs of the step before.
fn with(file: &Value, field: &str, value: Value) -> Value {
    let mut next = file.clone();
    match &mut next[field] {
        Value::Array(list) => list.push(value),
        place => *place = value,
    }
    if next.to_string().parse::<Pipeline>().is_ok() { next } else { file.clone() }
}

pub(crate) fn pipeline() -> impl Strategy<Value = RandomPipeline> {
    let key = prop::option::weighted(0.2, prop::sample::select(&PARTITION_KEYS));
    let compression = prop::option::weighted(0.3, prop::sample::select(compressions()));
    (
        (prop::sample::select(inputs()), compression),
        prop::collection::vec(prop::sample::select(steps()), 0..5),
        prop::sample::select(outputs()),
        (prop::sample::select(&ON_ERROR), prop::sample::select(&ON_OVERSIZE)),
        key,
    )
        .prop_map(|((mut input, compression), steps, output, (on_error, on_oversize), key)| {
            if let Some(compression) = compression {
                if input.is_string() {
                    input = json!({"format": input});
                }
                input["decompress"] = compression;
            }
            let mut file = with(&json!({"steps": []}), "input", input);
            for step in steps {
                file = with(&file, "steps", step);
            }
            file = with(&file, "output", output);
            file = with(&file, "on_error", on_error.into());
            file = with(&file, "on_oversize", on_oversize.into());
            if let Some(key) = key {
                file = with(&file, "partition_by", json!({"key": key}));
            }
            let names = Names::of_file(&file);
            let one = |names: &BTreeSet<String>| names.first().cloned().unwrap_or_default();
            RandomPipeline {
                text: file.to_string(),
                input: (one(&names.input), one(&names.decompress)),
                names,
            }
        })
}
