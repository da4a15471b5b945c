use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path as FilePath,
};

use object_store::list::{PaginatedListOptions, PaginatedListStore};
use uuid::Uuid;

use super::{Store, StoreError, open::Kind};

impl Store {
    /// Checks that the store exists, before anything is written to it. In a folder, the check
    /// writes a file and removes it. In a bucket, the check lists one key under the prefix and
    /// writes nothing.
    ///
    /// # Errors
    ///
    /// The folder cannot be written. The bucket is missing, cannot be listed, or cannot be reached.
    pub async fn check(&self) -> Result<(), StoreError> {
        let action = format!("cannot write to {self}");
        let checked = tokio::time::timeout(self.timeout, async {
            match &self.kind {
                Kind::Folder(path) => {
                    let path = path.clone();
                    let probed = tokio::task::spawn_blocking(move || probe(&path)).await;
                    let probed = probed.unwrap_or_else(|error| Err(io::Error::other(error)));
                    probed.map_err(|error| StoreError::of(&action, &error))
                }
                Kind::S3(bucket) => {
                    let prefix = Some(self.prefix.as_ref()).filter(|prefix| !prefix.is_empty());
                    let one = PaginatedListOptions { max_keys: Some(1), ..Default::default() };
                    let listed = bucket.list_paginated(prefix, one).await;
                    listed.map_err(|error| StoreError::of(&action, &error))?;
                    Ok(())
                }
                #[cfg(test)]
                Kind::Other => Ok(()),
            }
        });
        checked.await.unwrap_or_else(|_| Err(StoreError::timed_out(&action, self.timeout)))
    }
}

fn probe(folder: &FilePath) -> io::Result<()> {
    // After a crash, the `#1` keeps a store from listing the file as an object.
    let path = folder.join(format!(".firehose-local-{}#1", Uuid::new_v4()));
    let mut file = File::create_new(&path)?;
    let written = file.write_all(b"a probe of firehose-local\n");
    drop(file);
    let removed = fs::remove_file(&path);
    written.and(removed)
}
