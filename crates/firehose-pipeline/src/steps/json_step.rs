use std::fmt;

use bytes::Bytes;
use firehose_core::{BoxError, Record};

use crate::items::{
    item::Item,
    item_kind::ItemKind,
    step::{ItemStep, Next},
};

/// A step from one JSON value to one JSON value.
struct JsonStep<F>(F);

/// Returns a step that calls `function` with the data of an item, and with the record that supplies
/// the metadata.
pub(super) fn json_step<F, E>(function: F) -> Box<dyn ItemStep>
where
    F: Fn(&Bytes, &Record) -> Result<Bytes, E> + Send + Sync + 'static,
    E: Into<BoxError> + 'static,
{
    Box::new(JsonStep(function))
}

impl<F, E> ItemStep for JsonStep<F>
where
    F: Fn(&Bytes, &Record) -> Result<Bytes, E> + Send + Sync,
    E: Into<BoxError>,
{
    fn output_kind(&self, input: ItemKind) -> Result<ItemKind, &'static str> {
        if input == ItemKind::Json { Ok(input) } else { Err("reads JSON") }
    }

    fn apply(&self, record: &Record, item: Item, next: Next<'_>) -> Result<(), BoxError> {
        next(Item::json((self.0)(&item.data, record).map_err(Into::into)?))
    }
}

impl<F> fmt::Debug for JsonStep<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JsonStep")
    }
}
