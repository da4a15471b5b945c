use bytes::Bytes;
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use object_store::{ObjectStoreExt, path::Path};

use super::{
    error::StoreError,
    folder_list::list_folder,
    key,
    open::{Kind, Store},
    stored_object::{ListedObjects, StoredObject},
};

impl Store {
    /// Lists the objects whose keys begin with the store's prefix, sorted by key.
    ///
    /// Leaves out empty objects, which consoles make to show folders, and the temporary files of
    /// objects that are being written. The list of a folder is in memory as a whole; the list of a
    /// bucket is read page by page.
    ///
    /// In a folder, an entry that cannot be listed is one error, and the other entries follow. In a
    /// bucket, an error ends the list.
    pub fn list(&self) -> BoxStream<'static, Result<StoredObject, StoreError>> {
        let objects = match &self.kind {
            Kind::Folder(folder) => list_folder(self, folder),
            Kind::S3(_) => self.list_bucket(),
            #[cfg(test)]
            Kind::Other => self.list_bucket(),
        };
        let is_empty = |object: &StoredObject| object.size == 0;
        let objects =
            objects.filter(move |object| std::future::ready(!object.as_ref().is_ok_and(is_empty)));
        objects.boxed()
    }

    fn list_bucket(&self) -> ListedObjects {
        let store = self.clone();
        let action = format!("cannot list {self}");
        let prefix = Some(&self.prefix).filter(|prefix| !prefix.is_root());
        let listed = timed(self.objects.list(prefix), self, action);
        let objects = listed.map(move |object| {
            let object = object?;
            Ok(StoredObject { key: below(&store.prefix, &object.location), size: object.size })
        });
        objects.boxed()
    }

    /// Streams an object in pieces. The timeout applies to each piece.
    pub fn read(&self, key: &str) -> BoxStream<'static, Result<Bytes, StoreError>> {
        let store = self.clone();
        let action = format!("cannot read {}", self.locate(key));
        let path = key::path_of(&self.prefix, key).unwrap_or_else(|| self.prefix.clone());
        let content = async move {
            match tokio::time::timeout(store.timeout, store.objects.get(&path)).await {
                Ok(Ok(found)) => timed(found.into_stream(), &store, action),
                Ok(Err(error)) => failed(StoreError::of(&action, &error)),
                Err(_) => failed(StoreError::timed_out(&action, store.timeout)),
            }
        };
        stream::once(content).flatten().boxed()
    }

    /// Returns `true` if the store's prefix is the key of an object that is not empty.
    pub(super) async fn is_object(&self) -> Result<bool, StoreError> {
        if self.prefix.is_root() {
            return Ok(false);
        }
        let action = format!("cannot read {self}");
        match tokio::time::timeout(self.timeout, self.objects.head(&self.prefix)).await {
            Ok(Ok(object)) => Ok(object.size > 0),
            Ok(Err(object_store::Error::NotFound { .. })) => Ok(false),
            Ok(Err(error)) => Err(StoreError::of(&action, &error)),
            Err(_) => Err(StoreError::timed_out(&action, self.timeout)),
        }
    }
}

/// Returns the key of a path below the prefix.
fn below(prefix: &Path, path: &Path) -> String {
    let rest = path.as_ref().strip_prefix(prefix.as_ref()).unwrap_or(path.as_ref());
    rest.trim_start_matches('/').to_owned()
}

/// Ends a stream after the first error. An item that takes longer than the timeout is an error.
fn timed<T: Send + 'static>(
    items: BoxStream<'static, object_store::Result<T>>,
    store: &Store,
    action: String,
) -> BoxStream<'static, Result<T, StoreError>> {
    let timeout = store.timeout;
    stream::unfold(Some((items, action)), move |state| async move {
        let (mut items, action) = state?;
        match tokio::time::timeout(timeout, items.next()).await {
            Ok(None) => None,
            Ok(Some(Ok(item))) => Some((Ok(item), Some((items, action)))),
            Ok(Some(Err(error))) => Some((Err(StoreError::of(&action, &error)), None)),
            Err(_) => Some((Err(StoreError::timed_out(&action, timeout)), None)),
        }
    })
    .boxed()
}

/// Returns a stream with an error and nothing else.
fn failed<T: Send + 'static>(error: StoreError) -> BoxStream<'static, Result<T, StoreError>> {
    stream::iter([Err(error)]).boxed()
}
