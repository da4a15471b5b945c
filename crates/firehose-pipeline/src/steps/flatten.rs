use firehose_core::BoxError;
use firehose_transforms::fields::Flatten;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{json_step::json_step, step_options::StepOptions};
use crate::items::step::ItemStep;

/// Options of `flatten`. `flatten: {}` has the defaults.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlattenOptions {
    /// The text between the names. Default: `.`
    separator: Option<String>,
    /// `true` also moves the items of arrays to the top, under their index. Default: `false`.
    #[serde(default)]
    arrays: bool,
}

impl StepOptions for FlattenOptions {
    fn step(self) -> Result<Box<dyn ItemStep>, BoxError> {
        let mut flatten = Flatten::new().with_arrays(self.arrays);
        if let Some(separator) = self.separator {
            flatten = flatten.with_separator(&separator);
        }
        Ok(json_step(move |item, _| flatten.apply(item)))
    }
}
