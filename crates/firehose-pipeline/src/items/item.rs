use std::borrow::Cow;

use bytes::Bytes;
use firehose_core::BoxError;
use firehose_transforms::jq::{JqFilter, JqInput};

use super::{item_kind::ItemKind, utf8::utf8};

/// An item between two steps.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) kind: ItemKind,
    pub(crate) data: Bytes,
    /// The data as jq filters read it, if a step has read it.
    read: Option<JqInput>,
}

impl Item {
    pub(crate) fn new(kind: ItemKind, data: Bytes) -> Self {
        Self { kind, data, read: None }
    }

    pub(crate) fn json(data: impl Into<Bytes>) -> Self {
        Self::new(ItemKind::Json, data.into())
    }

    /// Returns the data as JSON. Text, and bytes that are UTF-8, become a JSON string.
    pub(crate) fn as_json(&self) -> Result<Cow<'_, Bytes>, BoxError> {
        match self.kind {
            ItemKind::Json => Ok(Cow::Borrowed(&self.data)),
            ItemKind::Text | ItemKind::Bytes => {
                Ok(Cow::Owned(serde_json::to_vec(utf8(&self.data)?)?.into()))
            }
        }
    }

    /// Returns the item as the input of jq filters. Only the first call checks and reads the item.
    pub(crate) fn read(&mut self, filter: &JqFilter) -> Result<&JqInput, BoxError> {
        let read = match self.read.take() {
            Some(read) => read,
            None => filter.read(&*self.as_json()?)?,
        };
        Ok(self.read.insert(read))
    }

    /// Returns the item as the input of jq filters, by value.
    pub(crate) fn into_read(self, filter: &JqFilter) -> Result<JqInput, BoxError> {
        match self.read {
            Some(read) => Ok(read),
            None => Ok(filter.read(&*self.as_json()?)?),
        }
    }
}
