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
    /// The item is left out, and the other items are delivered. The cause is logged, and the metric
    /// `ItemsFailed` counts the item.
    DropItem,
    /// The original item, as it was before the steps, is delivered among the outputs of the other
    /// items. The cause is logged, and the metric `ItemsFailed` counts the item. Allowed only with
    /// `input: json_lines` and `output: json_lines`, or with `input: lines` and `output: text`, and
    /// without `partition_by`.
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
    /// The original record is put back to its source, and arrives again in a later batch. Needs a
    /// binary with the feature `reingest`.
    Reingest,
}
