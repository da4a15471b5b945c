use firehose_core::{BoxError, Record};
use firehose_transforms::jq::JqFilter;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{filter_text::FilterText, step_options::StepOptions};
use crate::items::{
    item::Item,
    item_kind::ItemKind,
    step::{ItemStep, Next},
};

/// A jq filter. An item is dropped if the first output of the filter is neither `false` nor `null`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct DropIf(FilterText);

/// A jq filter. An item is dropped if the first output of the filter is `false` or `null`, or if the
/// filter has no output.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct KeepIf(FilterText);

impl StepOptions for DropIf {
    fn step(self) -> Result<Box<dyn ItemStep>, BoxError> {
        Ok(Box::new(PredicateStep { filter: self.0.0, keeps: false }))
    }
}

impl StepOptions for KeepIf {
    fn step(self) -> Result<Box<dyn ItemStep>, BoxError> {
        Ok(Box::new(PredicateStep { filter: self.0.0, keeps: true }))
    }
}

/// A step that passes items on unchanged, or drops them.
#[derive(Debug)]
struct PredicateStep {
    filter: JqFilter,
    /// The result of the filter for the items that the step keeps.
    keeps: bool,
}

impl ItemStep for PredicateStep {
    fn output_kind(&self, input: ItemKind) -> Result<ItemKind, &'static str> {
        match input {
            ItemKind::Json | ItemKind::Text => Ok(input),
            ItemKind::Bytes => Err("reads JSON or text"),
        }
    }

    fn filter(&self) -> Option<&JqFilter> {
        Some(&self.filter)
    }

    fn read_for(&mut self, later: &JqFilter) {
        self.filter = self.filter.clone().reading_for(later);
    }

    fn apply(&self, _: &Record, mut item: Item, next: Next<'_>) -> Result<(), BoxError> {
        let is_true = self.filter.is_true_of(item.read(&self.filter)?)?;
        if is_true == self.keeps { next(item) } else { Ok(()) }
    }
}
