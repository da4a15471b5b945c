use firehose_core::{BoxError, Record};
use firehose_transforms::jq::JqFilter;

use super::{filter_text::FilterText, step_options::StepOptions};
use crate::items::{
    item::Item,
    item_kind::ItemKind,
    step::{ItemStep, Next},
};

impl StepOptions for FilterText {
    fn step(self) -> Result<Box<dyn ItemStep>, BoxError> {
        Ok(Box::new(JqStep(self.0)))
    }
}

/// A step whose outputs are the outputs of a filter.
#[derive(Debug)]
struct JqStep(JqFilter);

impl ItemStep for JqStep {
    fn output_kind(&self, input: ItemKind) -> Result<ItemKind, &'static str> {
        match input {
            ItemKind::Json | ItemKind::Text => Ok(ItemKind::Json),
            ItemKind::Bytes => Err("reads JSON or text"),
        }
    }

    fn filter(&self) -> Option<&JqFilter> {
        Some(&self.0)
    }

    fn apply(&self, _: &Record, item: Item, next: Next<'_>) -> Result<(), BoxError> {
        for output in self.0.run_on(item.into_read(&self.0)?)? {
            next(Item::json(output))?;
        }
        Ok(())
    }
}
