use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path as FilePath,
};

use object_store::list::{PaginatedListOptions, PaginatedListStore};
use uuid::Uuid;

use super::{Store, StoreError, open::Kind};

impl Store {
    /// Finds out whether objects can be put here, before any is made: in a folder, a file is
    /// written and removed again; of S3, one key under the prefix is asked for, and nothing is
    /// written.
    ///
    /// # Errors
    ///
    /// The folder cannot be written to; there is no such bucket, it cannot be listed, or nothing
    /// answers.
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
    // Were it left behind, its `#1` would keep it from being taken for an object.
    let path = folder.join(format!(".firehose-local-{}#1", Uuid::new_v4()));
    let mut file = File::create_new(&path)?;
    let written = file.write_all(b"can this be written?\n");
    drop(file);
    let removed = fs::remove_file(&path);
    written.and(removed)
}
