use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use futures_util::{StreamExt, stream};
use tokio::{sync::mpsc, time::timeout};
use walkdir::{DirEntry, WalkDir};

use super::{
    error::StoreError,
    error_kind::StoreErrorKind,
    open::Store,
    stored_object::{ListedObjects, StoredObject},
    unfinished::is_unfinished,
};

/// Lists the files below a folder, sorted by key. Errors come first.
///
/// An entry that cannot be listed is one error and hides no other entry: a name that is not UTF-8,
/// a link that leads in a circle, an unreadable subfolder. The list of `object_store` would end at
/// such an entry.
pub(super) fn list_folder(store: &Store, folder: &Path) -> ListedObjects {
    let (store, folder) = (store.clone(), folder.to_owned());
    let all = async move {
        let mut all = collect(&store, folder).await;
        all.sort_by(|one, other| match (one, other) {
            (Ok(one), Ok(other)) => one.key.cmp(&other.key),
            (one, other) => other.is_err().cmp(&one.is_err()),
        });
        stream::iter(all)
    };
    stream::once(all).flatten().boxed()
}

/// Collects the entries that a thread for blocking work finds. Gives up if no entry comes within
/// the timeout of the store.
async fn collect(store: &Store, folder: PathBuf) -> Vec<Result<StoredObject, StoreError>> {
    let action = format!("cannot list {store}");
    let (sender, mut entries) = mpsc::unbounded_channel();
    tokio::task::spawn_blocking(move || {
        for entry in WalkDir::new(&folder).min_depth(1).follow_links(true) {
            if sender.send(object(&folder, entry)).is_err() {
                return;
            }
        }
    });
    let mut all = Vec::new();
    loop {
        match timeout(store.timeout, entries.recv()).await {
            Ok(Some(found)) => all.extend(found.transpose()),
            Ok(None) => return all,
            Err(_) => {
                all.push(Err(StoreError::timed_out(&action, store.timeout)));
                return all;
            }
        }
    }
}

/// Returns the object of an entry, or `None` for an entry that is not an object.
fn object(
    folder: &Path,
    entry: walkdir::Result<DirEntry>,
) -> Result<Option<StoredObject>, StoreError> {
    let cannot_list = |path: &Path| format!("cannot list {}", path.display());
    let entry = entry
        .map_err(|error| StoreError::of(&cannot_list(error.path().unwrap_or(folder)), &error))?;
    if !entry.file_type().is_file() || is_unfinished(entry.file_name()) {
        return Ok(None);
    }
    let below = entry.path().strip_prefix(folder).unwrap_or(entry.path());
    let names: Option<Vec<_>> = below.iter().map(OsStr::to_str).collect();
    let Some(names) = names else {
        let message = format!("{}: the name is not UTF-8", cannot_list(entry.path()));
        return Err(StoreError::new(StoreErrorKind::BadKey, message));
    };
    let metadata =
        entry.metadata().map_err(|error| StoreError::of(&cannot_list(entry.path()), &error))?;
    Ok(Some(StoredObject { key: names.join("/"), size: metadata.len() }))
}
