use firehose_transforms::filter::FilterError;
use schemars::JsonSchema;
use serde::Deserialize;

/// The treatment of an item that does not pass.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RejectChoice {
    /// The item is dropped.
    #[default]
    Drop,
    /// The item fails.
    Fail,
}

impl RejectChoice {
    /// Returns `true` if the item passes, and `false` if it is dropped.
    pub(super) fn passes(self, checked: Result<(), FilterError>) -> Result<bool, FilterError> {
        match checked {
            Ok(()) => Ok(true),
            Err(error) if error.is_rejection() && self == Self::Drop => Ok(false),
            Err(error) => Err(error),
        }
    }
}
