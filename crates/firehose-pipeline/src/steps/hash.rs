use firehose_core::BoxError;
use firehose_transforms::{
    paths::OnMissing,
    redact::{Hash, HashKey},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{fields_options::parse_paths, json_step::json_step, step_options::StepOptions};
use crate::{file::one_or_many::OneOrMany, items::step::ItemStep};

/// The fields whose values become hashes (HMAC-SHA-256 in lower-case hexadecimal digits).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HashOptions {
    /// The paths of the fields.
    fields: OneOrMany<String>,
    /// The name of the environment variable with the key: at least 32 bytes.
    key_env: String,
    /// The treatment of an item without one of the fields. Default: `ignore`.
    #[serde(default)]
    on_missing: OnMissing,
}

impl StepOptions for HashOptions {
    fn step(self) -> Result<Box<dyn ItemStep>, BoxError> {
        let key = HashKey::from_env(&self.key_env)?;
        let hash = Hash::new(key, parse_paths(&self.fields)?).with_on_missing(self.on_missing);
        Ok(json_step(move |item, _| hash.apply(item)))
    }
}
