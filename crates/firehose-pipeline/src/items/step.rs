use std::fmt;

use firehose_core::{BoxError, Record};

use super::{item::Item, item_kind::ItemKind};

/// Receives an output of a step, and passes it to the next step.
pub(crate) type Next<'a> = &'a mut dyn FnMut(Item) -> Result<(), BoxError>;

/// A step of a pipeline.
///
/// Each implementation calls a transform of `firehose_transforms`, and adds nothing but the order of
/// the calls.
pub(crate) trait ItemStep: Send + Sync + fmt::Debug {
    /// Returns the kind of the outputs for items of a kind. The error says which items the step
    /// reads, such as "reads JSON".
    fn output_kind(&self, input: ItemKind) -> Result<ItemKind, &'static str>;

    /// Passes zero, one or several outputs of an item to `next`. `record` has the metadata.
    fn apply(&self, record: &Record, item: Item, next: Next<'_>) -> Result<(), BoxError>;
}
