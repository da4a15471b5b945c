use std::borrow::Cow;

use bytes::Bytes;
use firehose_core::BoxError;

use super::{item::Item, item_kind::ItemKind, utf8::utf8};

/// Returns the data of an item as JSON. Text, and bytes that are UTF-8, become a JSON string.
pub(crate) fn text_as_json(item: &Item) -> Result<Cow<'_, Bytes>, BoxError> {
    match item.kind {
        ItemKind::Json => Ok(Cow::Borrowed(&item.data)),
        ItemKind::Text | ItemKind::Bytes => {
            Ok(Cow::Owned(serde_json::to_vec(utf8(&item.data)?)?.into()))
        }
    }
}
