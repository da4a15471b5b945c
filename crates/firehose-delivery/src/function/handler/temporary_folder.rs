use std::{
    fs::{self, File, TryLockError},
    io,
    os::unix::fs::MetadataExt,
    path::Path,
};

use rustix::process::geteuid;
use tempfile::TempDir;

/// A folder with the code or the bootstrap of a function, removed with this value.
///
/// A process that `kill -9` ends removes nothing. So the folder has a file that the process keeps
/// locked, and the next process removes the folders of this user whose file is not locked any more.
#[derive(Debug)]
pub(super) struct TemporaryFolder {
    folder: TempDir,
    /// The locked file. The system unlocks it with the end of the process.
    _lock: File,
}

/// The start of the names of the folders.
pub(in super::super) const TEMPORARY_PREFIX: &str = "firehose-function-";

/// The name of the locked file.
const LOCK: &str = ".firehose-local-lock";

impl TemporaryFolder {
    /// Creates a folder that only this user can read, and removes the folders that killed processes
    /// left.
    ///
    /// # Errors
    ///
    /// If the folder cannot be created or its file cannot be locked.
    pub(super) fn create() -> io::Result<Self> {
        // The path has no link, so that it is equal to the path that an interpreter finds.
        let parent = std::env::temp_dir().canonicalize()?;
        remove_abandoned(&parent);
        Self::create_in(&parent)
    }

    fn create_in(parent: &Path) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix(TEMPORARY_PREFIX).tempdir_in(parent)?;
        // The file is locked before it has its name, so that no other process finds it unlocked.
        let unnamed = tempfile::NamedTempFile::new_in(folder.path())?;
        unnamed.as_file().lock()?;
        let lock = unnamed.persist(folder.path().join(LOCK))?;
        Ok(Self { folder, _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes the folders in `parent` that a killed process of this user left. Ignores errors, because
/// another process may remove a folder at the same time, and because the function can run anyway.
fn remove_abandoned(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(TEMPORARY_PREFIX.as_bytes())
            && is_abandoned(&entry.path()).unwrap_or(false)
        {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Returns `true` for a folder of this user with a file that no process has locked. A folder
/// without the file is not certain to be ours.
fn is_abandoned(folder: &Path) -> io::Result<bool> {
    let is_own = |path: &Path| {
        let metadata = fs::symlink_metadata(path)?;
        Ok::<_, io::Error>((metadata.uid() == geteuid().as_raw()).then(|| metadata.file_type()))
    };
    let lock = folder.join(LOCK);
    if !is_own(folder)?.is_some_and(|kind| kind.is_dir())
        || !is_own(&lock)?.is_some_and(|kind| kind.is_file())
    {
        return Ok(false);
    }
    match File::open(lock)?.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_abandoned_folder_of_ours_is_removed() {
        let parent = tempfile::tempdir().unwrap();
        let named = |name: &str| parent.path().join(name);
        let used = TemporaryFolder::create_in(parent.path()).unwrap();
        // A killed process leaves the file, and its lock is gone.
        let abandoned = named("firehose-function-killed");
        fs::create_dir(&abandoned).unwrap();
        fs::write(abandoned.join(LOCK), "").unwrap();
        fs::write(abandoned.join("app.py"), "").unwrap();
        let others = [named("firehose-function-other"), named("other")];
        for other in &others {
            fs::create_dir(other).unwrap();
        }
        fs::write(others[1].join(LOCK), "").unwrap();
        let link = named("firehose-function-link");
        std::os::unix::fs::symlink(&others[1], &link).unwrap();
        remove_abandoned(parent.path());
        assert!(!abandoned.exists());
        assert!(used.path().exists() && others.iter().all(|other| other.exists()));
        assert!(link.is_symlink() && others[1].join(LOCK).exists());
        let path = used.path().to_owned();
        drop(used);
        assert!(!path.exists());
    }

    #[test]
    fn the_end_of_the_owner_makes_a_folder_abandoned() {
        let parent = tempfile::tempdir().unwrap();
        let created = TemporaryFolder::create_in(parent.path()).unwrap();
        let TemporaryFolder { folder, _lock: lock } = created;
        let path = folder.keep();
        assert!(!is_abandoned(&path).unwrap());
        drop(lock);
        assert!(is_abandoned(&path).unwrap());
    }
}
