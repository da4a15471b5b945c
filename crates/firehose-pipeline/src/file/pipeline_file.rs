use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    input::Input,
    on_error::{OnError, OnOversize},
    output::output_options::OutputOptions,
    short_or_long::ShortOrLong,
    unique_names::UniqueNames,
};
use crate::steps::{filter_text::FilterText, registry::Step, step_list::step_list};

/// A Firehose transformation: it splits each record into items, runs the steps on each item, and
/// joins the outputs.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "an object, such as `input: json`")]
#[schemars(title = "Pipeline of Firehose Transform")]
pub(crate) struct PipelineFile {
    /// The format of the records. Default: `json`.
    pub(crate) input: ShortOrLong<Input>,
    /// The steps that each item passes, in order.
    #[serde(deserialize_with = "step_list")]
    pub(crate) steps: Vec<Step>,
    /// The partition keys for dynamic partitioning: a name and a jq filter each. The value becomes a
    /// text. An item whose value is null, missing, empty, an object or an array fails.
    #[schemars(extend("additionalProperties" = {
        "$ref": "#/$defs/FilterText",
        "description": "The jq filter that computes the partition key NAME.",
    }))]
    pub(crate) partition_by: UniqueNames<FilterText>,
    /// The form of the outputs. Default: `json_lines`.
    pub(crate) output: ShortOrLong<OutputOptions>,
    /// The treatment of an item that fails. Default: `fail`.
    pub(crate) on_error: OnError,
    /// The treatment of a record whose output does not fit into the response of the function.
    /// Default: `fail`.
    pub(crate) on_oversize: OnOversize,
}
