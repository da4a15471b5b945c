use firehose_core::BoxError;
use firehose_transforms::fields::Flatten;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{json_step::json_step, step_options::StepOptions};
use crate::items::step::ItemStep;

/// Options of `flatten`. `flatten: {}` uses the defaults.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlattenOptions {
    /// The separator between the names of the outer and the inner field. Default: `.`
    separator: Option<String>,
    /// `true` also flattens arrays. The name of an element is its index, counted from 0. Default:
    /// `false`.
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
