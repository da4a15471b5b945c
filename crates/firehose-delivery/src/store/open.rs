use std::{
    fmt, fs,
    path::{Path as FilePath, PathBuf},
    sync::Arc,
    time::Duration,
};

use object_store::{ObjectStore, aws::AmazonS3, local::LocalFileSystem, path::Path};

use super::{StoreError, StoreErrorKind, StoreLocation, StoreOptions, key, s3};

/// A folder or a bucket to which objects are written, and from which they are read. Clones share
/// the store.
#[derive(Clone, Debug)]
pub struct Store {
    pub(super) objects: Arc<dyn ObjectStore>,
    pub(super) kind: Kind,
    /// The prefix of all keys.
    pub(super) prefix: Path,
    pub(super) timeout: Duration,
    /// The location in messages.
    shown: String,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Folder(PathBuf),
    /// A bucket, with the client for [`Store::check`], which retries only twice.
    S3(AmazonS3),
    /// A store of a test.
    #[cfg(test)]
    Other,
}

impl Store {
    /// Returns a store for tests, with a name for messages. The store keeps content types.
    #[cfg(test)]
    pub fn new(objects: Arc<dyn ObjectStore>, name: impl Into<String>) -> Self {
        Self {
            objects,
            kind: Kind::Other,
            prefix: Path::ROOT,
            timeout: StoreOptions::default().timeout,
            shown: name.into(),
        }
    }

    /// Returns a store for tests with another timeout: see [`StoreOptions::timeout`].
    #[cfg(test)]
    pub(super) fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Opens a store to write to it. Creates a missing folder. Sends no request to S3: see
    /// [`Store::check`].
    ///
    /// # Errors
    ///
    /// The folder cannot be created, the path leads to a file, or the settings of S3 are invalid.
    pub fn create(location: &StoreLocation, options: &StoreOptions) -> Result<Self, StoreError> {
        if let StoreLocation::Folder(path) = location {
            let action = format!("cannot create the folder {}", path.display());
            if path.exists() && !path.is_dir() {
                let message = format!("{action}: the path leads to a file");
                return Err(StoreError::new(StoreErrorKind::BadLocation, message));
            }
            fs::create_dir_all(path)
                .map_err(|error| StoreError::of(&action, &error).in_location())?;
        }
        Self::open(location, options)
    }

    /// Opens an existing store. Sends no request to S3.
    ///
    /// # Errors
    ///
    /// The folder is missing, or the settings of S3 are invalid.
    pub fn open(location: &StoreLocation, options: &StoreOptions) -> Result<Self, StoreError> {
        let shown = location.to_string();
        let timeout = options.timeout;
        match location {
            StoreLocation::Folder(path) => {
                let objects = Arc::new(folder(path)?);
                let kind = Kind::Folder(path.clone());
                Ok(Self { objects, kind, prefix: Path::ROOT, timeout, shown })
            }
            StoreLocation::S3 { bucket, prefix } => {
                let (client, checking_client) = s3::connect(bucket, options)?;
                let prefix = key::prefix_path(prefix);
                let kind = Kind::S3(checking_client);
                Ok(Self { objects: Arc::new(client), kind, prefix, timeout, shown })
            }
        }
    }

    /// Returns the key that an object gets in the store. Few keys change: see the table of keys in
    /// the [module documentation](super). An empty key stays empty.
    pub fn key(&self, key: &str) -> String {
        key::path_of(&Path::ROOT, key).map(Into::into).unwrap_or_default()
    }

    /// Returns `true` if the length of the key is allowed: a name in a folder has up to 253 bytes,
    /// because `object_store` adds `#1` while it writes, and a key in S3 has up to 1,024 bytes
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>).
    pub fn takes(&self, key: &str) -> bool {
        let Some(path) = key::path_of(&self.prefix, key) else { return false };
        match &self.kind {
            Kind::Folder(_) => path.as_ref().split('/').all(|name| name.len() <= 253),
            Kind::S3(_) => path.as_ref().len() <= 1024,
            #[cfg(test)]
            Kind::Other => true,
        }
    }

    /// Returns the location of an object for messages.
    pub fn locate(&self, key: &str) -> String {
        let path = key::path_of(&Path::ROOT, key).unwrap_or_default();
        match self.shown.strip_suffix('/').unwrap_or(&self.shown) {
            "" if self.shown.is_empty() => path.to_string(),
            shown => format!("{shown}/{path}"),
        }
    }
}

fn folder(path: &FilePath) -> Result<LocalFileSystem, StoreError> {
    let action = format!("cannot use the folder {}", path.display());
    // The error of object_store for a missing folder leaves out the reason.
    let metadata = fs::metadata(path).map_err(|error| StoreError::of(&action, &error))?;
    if !metadata.is_dir() {
        let message = format!("{action}: the path leads to a file");
        return Err(StoreError::new(StoreErrorKind::BadLocation, message));
    }
    LocalFileSystem::new_with_prefix(path).map_err(|error| StoreError::of(&action, &error))
}

impl fmt::Display for Store {
    /// Writes the location.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}
