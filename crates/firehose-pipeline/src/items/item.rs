use bytes::Bytes;

use super::item_kind::ItemKind;

/// An item between two steps.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) kind: ItemKind,
    pub(crate) data: Bytes,
}

impl Item {
    pub(crate) fn json(data: impl Into<Bytes>) -> Self {
        Self { kind: ItemKind::Json, data: data.into() }
    }
}
