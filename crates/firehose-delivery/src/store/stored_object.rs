use futures_util::stream::BoxStream;

use super::error::StoreError;

/// An object of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredObject {
    /// The key below the prefix of the store.
    pub key: String,
    /// The size, in bytes.
    pub size: u64,
}

/// The objects of a store, and the errors of entries that cannot be listed.
pub(super) type ListedObjects = BoxStream<'static, Result<StoredObject, StoreError>>;
