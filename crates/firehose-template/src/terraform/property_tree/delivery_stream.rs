use std::collections::BTreeMap;

use super::{
    names::STREAM,
    translation::{Properties, Translation, is_unset},
};
use crate::{cloudformation::evaluator::Node, terraform::language::Value};

/// Translates an `aws_kinesis_firehose_delivery_stream`.
pub(super) fn translate(
    values: &BTreeMap<String, Value>,
    path: &str,
    translation: &mut Translation<'_>,
) -> Properties {
    let mut properties = translation.block(STREAM, values, path);
    let has = |name: &str| values.get(name).is_some_and(|value| !is_unset(value));
    let source = match (has("kinesis_source_configuration"), has("msk_source_configuration")) {
        (true, _) => "KinesisStreamAsSource",
        (false, true) => "MSKAsSource",
        (false, false) => "DirectPut",
    };
    // In old configurations, the intermediate bucket of another destination is beside the destination.
    let is_intermediate = |(name, _): &(String, Node)| name == "S3DestinationConfiguration";
    let is_destination = |(name, _): &(String, Node)| {
        name.ends_with("DestinationConfiguration") && name != "S3DestinationConfiguration"
    };
    if properties.iter().any(is_destination)
        && let Some(position) = properties.iter().position(is_intermediate)
    {
        let (_, intermediate) = properties.remove(position);
        if let Some((_, Node::Map(entries))) =
            properties.iter_mut().find(|property| is_destination(property))
            && !entries.iter().any(|(name, _)| name == "S3Configuration")
        {
            entries.push(("S3Configuration".to_owned(), intermediate));
        }
    }
    properties.push(("DeliveryStreamType".to_owned(), Node::Scalar(source.to_owned())));
    let source_block = match source {
        "MSKAsSource" => "msk_source_configuration",
        _ => "kinesis_source_configuration",
    };
    translation.addresses.add(path, "DeliveryStreamType", format!("{path}.{source_block}"));
    properties
}
