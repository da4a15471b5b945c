use std::{
    fmt, fs,
    path::{Path as FilePath, PathBuf},
    sync::Arc,
    time::Duration,
};

use object_store::{ObjectStore, aws::AmazonS3, local::LocalFileSystem, path::Path};

use super::{StoreError, StoreErrorKind, StoreLocation, StoreOptions, key, s3};

/// Where objects are put and read. Clones are of the same store.
#[derive(Clone, Debug)]
pub struct Store {
    pub(super) objects: Arc<dyn ObjectStore>,
    pub(super) kind: Kind,
    /// What all keys begin with.
    pub(super) prefix: Path,
    pub(super) timeout: Duration,
    /// The location, as it is named in messages.
    shown: String,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Folder(PathBuf),
    /// The client that soon gives up.
    S3(AmazonS3),
    /// Of a test.
    #[cfg(test)]
    Other,
}

impl Store {
    /// A store of the tests, by a name for messages. It is taken to keep content types.
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

    /// The same store with another timeout: see [`StoreOptions::timeout`].
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Opens a store to write to it. A folder is created if there is none; of S3 nothing is
    /// asked: see [`Store::check`].
    ///
    /// # Errors
    ///
    /// The folder cannot be created or is none; the settings of S3 make no sense.
    pub fn create(location: &StoreLocation, options: &StoreOptions) -> Result<Self, StoreError> {
        if let StoreLocation::Folder(path) = location {
            let action = format!("cannot create the folder {}", path.display());
            if path.exists() && !path.is_dir() {
                let message = format!("{action}: it is a file");
                return Err(StoreError::new(StoreErrorKind::BadLocation, message));
            }
            fs::create_dir_all(path)
                .map_err(|error| StoreError::of(&action, &error).in_location())?;
        }
        Self::open(location, options)
    }

    /// Opens a store that is there.
    ///
    /// # Errors
    ///
    /// There is no such folder; the settings of S3 make no sense.
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
                let (patient, impatient) = s3::connect(bucket, options)?;
                let prefix = key::prefix_path(prefix);
                let kind = Kind::S3(impatient);
                Ok(Self { objects: Arc::new(patient), kind, prefix, timeout, shown })
            }
        }
    }

    /// A key as it is in the store, which takes few keys otherwise than they are: see
    /// [`put`](Self::put). An empty one stays empty.
    pub fn key(&self, key: &str) -> String {
        key::path_of(&Path::ROOT, key).map(Into::into).unwrap_or_default()
    }

    /// Whether an object may have this key, by its length: a name in a folder has up to 253 bytes,
    /// since `object_store` adds two while it writes, and a key in S3 up to 1,024.
    pub fn takes(&self, key: &str) -> bool {
        let Some(path) = key::path_of(&self.prefix, key) else { return false };
        match &self.kind {
            Kind::Folder(_) => path.as_ref().split('/').all(|name| name.len() <= 253),
            Kind::S3(_) => path.as_ref().len() <= 1024,
            #[cfg(test)]
            Kind::Other => true,
        }
    }

    /// Where an object of this key is, as messages name it.
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
    // What object_store says of a folder that is not there leaves out why.
    let metadata = fs::metadata(path).map_err(|error| StoreError::of(&action, &error))?;
    if !metadata.is_dir() {
        let message = format!("{action}: it is a file");
        return Err(StoreError::new(StoreErrorKind::BadLocation, message));
    }
    LocalFileSystem::new_with_prefix(path).map_err(|error| StoreError::of(&action, &error))
}

impl fmt::Display for Store {
    /// The location.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}
