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
        let mut item = Item::new(self.input, record.data().clone());
        if self.is_made_by_splitter {
            debug_assert!(check(&item).is_ok(), "the splitter returned an invalid item");
        } else {
            self.check(&mut item)?;
        }
        let mut joined = JoinedItems::new(&self.output, &self.partition_by, record.arrival_time());
        apply(&self.steps, &record, item, &mut |item| {
            joined.push(&item).map_err(StepError::of_output)
        })?;
        Ok(joined.finish().into())
    }
}

impl ItemSteps {
    /// Checks that the data of an item is valid for its kind, so that the steps can rely on it. If
    /// the first step runs a jq filter on JSON, the item is read for the filter, which is the same
    /// check.
    fn check(&self, item: &mut Item) -> Result<(), BoxError> {
        let filter = self.steps.first().and_then(|step| step.step.filter());
        match filter.filter(|_| item.kind == ItemKind::Json) {
            None => Ok(check(item)?),
            Some(filter) => {
                if let Err(error) = item.read(filter) {
                    // The error of the plain check does not name the filter.
                    check(item)?;
                    return Err(error);
                }
                Ok(())
            }
        }
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

/// Checks that the data of an item is valid for its kind.
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
