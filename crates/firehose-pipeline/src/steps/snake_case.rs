use firehose_core::BoxError;
use firehose_transforms::fields::SnakeCase;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{json_step::json_step, step_options::StepOptions};
use crate::items::step::ItemStep;

/// The step has no options: `snake_case: {}`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SnakeCaseOptions {}

impl StepOptions for SnakeCaseOptions {
    fn step(self) -> Result<Box<dyn ItemStep>, BoxError> {
        let snake_case = SnakeCase::new();
        Ok(json_step(move |item, _| snake_case.apply(item)))
    }
}
