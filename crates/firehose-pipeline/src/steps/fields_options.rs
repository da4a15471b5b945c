use firehose_core::BoxError;
use firehose_transforms::paths::{FieldPath, OnMissing};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::file::{one_or_many::OneOrMany, short_or_long::ShortForm};

/// The paths of fields.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldsOptions {
    /// The paths of the fields, such as `.user.email` and `.items[].id`.
    fields: OneOrMany<String>,
    /// The treatment of an item without the field. Default: `ignore`.
    #[serde(default)]
    on_missing: OnMissing,
}

impl ShortForm for FieldsOptions {
    type Short = OneOrMany<String>;

    const SHORT: &'static str = "a path, a list of paths";

    fn from_short(fields: OneOrMany<String>) -> Self {
        Self { fields, on_missing: OnMissing::default() }
    }
}

impl FieldsOptions {
    pub(super) fn paths(&self) -> Result<Vec<FieldPath>, BoxError> {
        parse_paths(&self.fields)
    }

    pub(super) fn on_missing(&self) -> OnMissing {
        self.on_missing
    }
}

/// Parses the paths of a list.
///
/// An empty list is an error: a step that hides fields would silently hide none.
pub(super) fn parse_paths(paths: &OneOrMany<String>) -> Result<Vec<FieldPath>, BoxError> {
    if paths.0.is_empty() {
        return Err(
            "the list of fields is empty; write the path of a field, such as `.message`".into()
        );
    }
    paths.0.iter().map(|path| Ok(path.parse()?)).collect()
}
