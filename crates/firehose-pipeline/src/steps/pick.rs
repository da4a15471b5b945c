use firehose_core::BoxError;
use firehose_transforms::fields::Pick;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{fields_options::FieldsOptions, json_step::json_step, step_options::StepOptions};
use crate::{file::short_or_long::ShortOrLong, items::step::ItemStep};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct PickOptions(ShortOrLong<FieldsOptions>);

impl StepOptions for PickOptions {
    fn step(self) -> Result<Box<dyn ItemStep>, BoxError> {
        let options = self.0.0;
        let pick = Pick::new(options.paths()?).with_on_missing(options.on_missing());
        Ok(json_step(move |item, _| pick.apply(item)))
    }
}
