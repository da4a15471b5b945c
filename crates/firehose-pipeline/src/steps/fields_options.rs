use firehose_transforms::paths::{FieldPath, OnMissing, PathError};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::file::{one_or_many::OneOrMany, short_or_long::ShortForm};

/// Fields, by their paths.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldsOptions {
    /// The paths of the fields, such as `.user.email` and `.items[].id`.
    fields: OneOrMany<String>,
    /// The treatment of an item without the field. Default: `ignore`.
    #[serde(default)]
    on_missing: MissingChoice,
}

impl ShortForm for FieldsOptions {
    type Short = OneOrMany<String>;

    const SHORT: &'static str = "a path, a list of paths";

    fn from_short(fields: OneOrMany<String>) -> Self {
        Self { fields, on_missing: MissingChoice::default() }
    }
}

impl FieldsOptions {
    pub(super) fn paths(&self) -> Result<Vec<FieldPath>, PathError> {
        parse_paths(&self.fields)
    }

    pub(super) fn on_missing(&self) -> OnMissing {
        self.on_missing.into()
    }
}

/// Parses the paths of a list.
pub(super) fn parse_paths(paths: &OneOrMany<String>) -> Result<Vec<FieldPath>, PathError> {
    paths.0.iter().map(|path| path.parse()).collect()
}

/// The treatment of an item without a field.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MissingChoice {
    /// Nothing happens.
    #[default]
    Ignore,
    /// The item fails.
    Fail,
}

impl From<MissingChoice> for OnMissing {
    fn from(choice: MissingChoice) -> Self {
        match choice {
            MissingChoice::Ignore => Self::Ignore,
            MissingChoice::Fail => Self::Fail,
        }
    }
}
