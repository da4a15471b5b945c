//! Applies an edit of a text to the bytes of an item.

use bytes::Bytes;

use crate::paths::item_error::ItemError;

/// Edits an item. If `edit` returns `None`, returns the same bytes without a copy.
pub(crate) fn apply(
    item: &Bytes,
    edit: impl FnOnce(&str) -> Result<Option<String>, ItemError>,
) -> Result<Bytes, ItemError> {
    let edited = edit(str::from_utf8(item)?)?;
    Ok(edited.map_or_else(|| item.clone(), Bytes::from))
}

/// Implements [`Transform`](firehose_core::Transform) for types with a method `apply`, which edits the
/// bytes of an item.
macro_rules! transform_items {
    ($($name:ident),*) => {$(
        #[firehose_core::async_trait]
        impl firehose_core::Transform for $name {
            async fn transform(
                &self,
                record: firehose_core::Record,
            ) -> Result<firehose_core::Outcome, firehose_core::BoxError> {
                Ok(self.apply(record.data())?.into())
            }
        }
    )*};
}
pub(crate) use transform_items;
