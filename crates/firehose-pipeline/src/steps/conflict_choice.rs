use firehose_transforms::fields::OnConflict;
use schemars::JsonSchema;
use serde::Deserialize;

/// The treatment of an item that has a field of the new name already.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConflictChoice {
    /// The item fails.
    #[default]
    Fail,
    /// The new field replaces the present one.
    Replace,
    /// The present field stays.
    Keep,
}

impl From<ConflictChoice> for OnConflict {
    fn from(choice: ConflictChoice) -> Self {
        match choice {
            ConflictChoice::Fail => Self::Fail,
            ConflictChoice::Replace => Self::Replace,
            ConflictChoice::Keep => Self::Keep,
        }
    }
}
