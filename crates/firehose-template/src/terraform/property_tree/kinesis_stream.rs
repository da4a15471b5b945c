use std::collections::BTreeMap;

use super::translation::{Properties, Translation, is_unset, node, one};
use crate::{cloudformation::evaluator::Node, terraform::language::Value};

/// The arguments and the properties of a Kinesis stream.
const NAMES: &[(&str, &str)] = &[
    ("name", "Name"),
    ("shard_count", "ShardCount"),
    ("max_record_size_in_kib", "MaxRecordSizeInKiB"),
];

/// Translates an `aws_kinesis_stream`.
pub(super) fn translate(
    values: &BTreeMap<String, Value>,
    path: &str,
    translation: &mut Translation<'_>,
) -> Properties {
    let mut properties = Properties::new();
    for (argument, property) in NAMES {
        let Some(value) = values.get(*argument).filter(|value| !is_unset(value)) else { continue };
        translation.addresses.add(path, property, format!("{path}.{argument}"));
        properties.push(((*property).to_owned(), node(value)));
    }
    if let Some(Ok(Some(mode))) = values.get("stream_mode_details").map(one)
        && let Some(mode) = mode.get("stream_mode")
    {
        let block = format!("{path}.stream_mode_details[0]");
        translation.addresses.add(path, "StreamModeDetails", block);
        let mode = vec![("StreamMode".to_owned(), node(mode))];
        properties.push(("StreamModeDetails".to_owned(), Node::Map(mode)));
    }
    properties
}
