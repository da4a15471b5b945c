use std::fmt;

use firehose_core::{BoxError, Record};
use firehose_transforms::jq::JqFilter;

use super::{item::Item, item_kind::ItemKind};

/// The receiver of a step's outputs: the next step, or the output of the pipeline.
pub(crate) type Next<'a> = &'a mut dyn FnMut(Item) -> Result<(), BoxError>;

/// A step of a pipeline.
///
/// Each implementation delegates its work to `firehose_transforms`.
pub(crate) trait ItemStep: Send + Sync + fmt::Debug {
    /// Returns the kind of the outputs for items of the kind `input`. If the step cannot read such
    /// items, the error says what the step reads, such as "reads JSON".
    fn output_kind(&self, input: ItemKind) -> Result<ItemKind, &'static str>;

    /// Returns the jq filter that the step runs on its items. The step reads an item with
    /// [`Item::read`] or [`Item::into_read`].
    fn filter(&self) -> Option<&JqFilter> {
        None
    }

    /// Makes the step read the parts of an item that a filter of the next step needs, too. Only a
    /// step with a filter that passes items on unchanged can do this.
    fn read_for(&mut self, _later: &JqFilter) {}

    /// Passes zero, one or several outputs of an item to `next`. `record` supplies the metadata.
    fn apply(&self, record: &Record, item: Item, next: Next<'_>) -> Result<(), BoxError>;
}
