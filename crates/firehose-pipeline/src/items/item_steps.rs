use firehose_core::{BoxError, JsonError, JsonScanner, Outcome, Record, Transform, async_trait};

use super::{
    item::Item,
    item_kind::ItemKind,
    named_step::{NamedStep, StepError},
    step::Next,
    utf8::utf8,
};
use crate::output::{
    item_output::ItemOutput, joined_items::JoinedItems, partition_keys::PartitionKeys,
};

/// The transform of one item: all steps of a pipeline, and the output format.
#[derive(Debug)]
pub(crate) struct ItemSteps {
    /// The kind of items before the first step.
    pub(crate) input: ItemKind,
    /// `true` if the splitter guarantees valid items, so that they need no check.
    pub(crate) is_made_by_splitter: bool,
    pub(crate) steps: Vec<NamedStep>,
    pub(crate) output: ItemOutput,
    pub(crate) partition_by: PartitionKeys,
}

#[async_trait]
impl Transform for ItemSteps {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        let item = Item { kind: self.input, data: record.data().clone() };
        if self.is_made_by_splitter {
            debug_assert!(check(&item).is_ok(), "the splitter returned an invalid item");
        } else {
            check(&item)?;
        }
        let mut joined = JoinedItems::new(&self.output, &self.partition_by, record.arrival_time());
        apply(&self.steps, &record, item, &mut |item| {
            joined.push(&item).map_err(StepError::of_output)
        })?;
        Ok(joined.finish().into())
    }
}

/// Passes an item through the steps, and each output of the last step to `finish`.
fn apply(
    steps: &[NamedStep],
    record: &Record,
    item: Item,
    finish: Next<'_>,
) -> Result<(), BoxError> {
    let Some((step, later)) = steps.split_first() else { return finish(item) };
    let applied = step.step.apply(record, item, &mut |output| apply(later, record, output, finish));
    applied.map_err(|error| StepError::of_step(step, error))
}

/// The maximum nesting depth of a JSON item.
const MAX_LEVELS: usize = 128;

/// Checks that the data of an item is valid for its kind, so that the steps can rely on it.
fn check(item: &Item) -> Result<(), JsonError> {
    if item.kind == ItemKind::Bytes {
        return Ok(());
    }
    let text = utf8(&item.data)?;
    if item.kind == ItemKind::Json {
        let valid = JsonScanner::new(text).only_value_within(MAX_LEVELS);
        valid.map_err(|error| error.in_text(text))?;
    }
    Ok(())
}
