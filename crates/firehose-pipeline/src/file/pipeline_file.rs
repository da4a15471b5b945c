use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    input::Input,
    on_error::{OnError, OnOversize},
    output::output_options::OutputOptions,
    short_or_long::ShortOrLong,
};
use crate::steps::{filter_text::FilterText, registry::Step};

/// A Firehose transformation: it splits each record into items, runs the steps on each item, and
/// joins the outputs.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "an object, such as `input: json`")]
#[schemars(title = "Pipeline of Firehose Transform")]
pub(crate) struct PipelineFile {
    /// The format of the records. Default: `json`.
    pub(crate) input: ShortOrLong<Input>,
    /// The steps that run on each item, in order.
    pub(crate) steps: Vec<Step>,
    /// The keys for dynamic partitioning: the name of each key, and a jq filter that computes its
    /// value from an item after the last step. A number or a boolean becomes a string. If a value is
    /// missing, null, an empty string, an object or an array, the item fails.
    pub(crate) partition_by: BTreeMap<String, FilterText>,
    /// The format of the outputs. Default: `json_lines`.
    pub(crate) output: ShortOrLong<OutputOptions>,
    /// The treatment of an item that fails. Default: `fail`.
    pub(crate) on_error: OnError,
    /// The treatment of a record whose output does not fit into the response of the function.
    /// Default: `fail`.
    pub(crate) on_oversize: OnOversize,
}
