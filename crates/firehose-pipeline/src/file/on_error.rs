use firehose_core::ItemErrors;
use schemars::JsonSchema;
use serde::Deserialize;

/// The treatment of an item that fails.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OnError {
    /// The whole record fails, and Firehose writes its original under the error output prefix.
    #[default]
    Fail,
    /// The item is left out, logged and counted (`ItemsFailed`). The other items are delivered.
    DropItem,
    /// The item is delivered as it came, logged and counted (`ItemsFailed`). Only from
    /// `input: json_lines` to `output: json_lines`, and from `input: lines` to `output: text`.
    KeepOriginal,
}

impl From<OnError> for ItemErrors {
    fn from(on_error: OnError) -> Self {
        match on_error {
            OnError::Fail => Self::FailRecord,
            OnError::DropItem => Self::DropItem,
            OnError::KeepOriginal => Self::KeepOriginal,
        }
    }
}

/// The treatment of a record whose output does not fit into the response of the function.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OnOversize {
    /// The record fails, and Firehose writes its original under the error output prefix.
    #[default]
    Fail,
    /// The original is put back to its source, and comes again in a later batch.
    Reingest,
}
