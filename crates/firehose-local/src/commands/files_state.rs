use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tokio::time::sleep;
use walkdir::{DirEntry, WalkDir};

use firehose_delivery::source::{InputFormat, InputReader};

/// The time between two checks of the files. Polling works with every editor and every file system.
/// Network file systems and some containers send no notifications of changes.
const INTERVAL: Duration = Duration::from_millis(200);

/// The folders inside a watched folder whose files are not the user's code. Hidden folders are not
/// watched either.
const UNWATCHED: [&str; 3] = ["node_modules", "target", "__pycache__"];

/// The files that a command watches.
#[derive(Clone, Debug, Default)]
pub(super) struct WatchedFiles {
    /// Files, and folders with code.
    pub(super) paths: Vec<PathBuf>,
    /// Files, and folders of files, with records.
    pub(super) input: Vec<PathBuf>,
    /// Paths that the command writes.
    pub(super) written: Vec<PathBuf>,
}

/// The state of watched files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FilesState(Vec<(PathBuf, Option<FileState>)>);

/// The state of a file. Includes the inode, because an editor may replace the file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FileState {
    inode: u64,
    bytes: u64,
    modified: Option<SystemTime>,
}

impl WatchedFiles {
    /// Returns the state now. A missing file has a state too.
    pub(super) fn state(&self) -> FilesState {
        let reader = InputReader::open(&self.input, InputFormat::Lines, 0);
        let found = reader.iter().flat_map(InputReader::files).map(Path::to_owned);
        let missing = if reader.is_err() { self.input.as_slice() } else { &[] };
        let code = self.paths.iter().flat_map(|path| self.files(path));
        let files = code.chain(found).chain(missing.iter().cloned());
        FilesState(files.map(|path| (path.clone(), FileState::now(&path))).collect())
    }

    /// Returns the file, or the files in the folder.
    fn files(&self, path: &Path) -> Vec<PathBuf> {
        if !path.is_dir() {
            return vec![path.to_owned()];
        }
        let written: Vec<_> =
            self.written.iter().filter_map(|path| path.canonicalize().ok()).collect();
        let is_watched = |entry: &DirEntry| {
            let name = entry.file_name().to_string_lossy();
            let is_code = !entry.file_type().is_dir()
                || !(name.starts_with('.') || UNWATCHED.contains(&&*name));
            let is_written =
                || entry.path().canonicalize().is_ok_and(|path| written.contains(&path));
            entry.depth() == 0 || (is_code && (written.is_empty() || !is_written()))
        };
        let entries = WalkDir::new(path).sort_by_file_name().into_iter();
        let files = entries.filter_entry(is_watched).flatten();
        files.filter(|it| it.file_type().is_file()).map(DirEntry::into_path).collect()
    }

    /// Waits until the state differs from `state`, and then stays the same for a quarter of
    /// [`INTERVAL`], because an editor may write a file in several steps.
    pub(super) async fn change_from(&self, state: &FilesState) -> FilesState {
        loop {
            sleep(INTERVAL).await;
            let mut changed = self.state();
            if changed == *state {
                continue;
            }
            loop {
                sleep(INTERVAL / 4).await;
                let next = self.state();
                if next == changed {
                    return changed;
                }
                changed = next;
            }
        }
    }
}

impl FileState {
    fn now(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self {
            inode: metadata.ino(),
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_watched_without_outputs_and_packages() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for file in [
            "app.py",
            "src/own.py",
            "delivered/1",
            "node_modules/a/index.js",
            ".git/HEAD",
            ".env",
            "__pycache__/app.pyc",
        ] {
            let path = root.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let watched = WatchedFiles {
            paths: vec![root.to_owned(), root.join("absent.yaml")],
            written: vec![root.join("delivered")],
            ..WatchedFiles::default()
        };
        let names = |FilesState(files): &FilesState| -> Vec<_> {
            let names = files.iter().map(|(path, _)| path.strip_prefix(root).unwrap());
            names.map(|name| name.display().to_string()).collect()
        };
        let state = watched.state();
        assert_eq!(names(&state), [".env", "app.py", "src/own.py", "absent.yaml"]);
        assert_eq!(watched.state(), state);
        fs::write(root.join("delivered/2"), "").unwrap();
        assert_eq!(watched.state(), state);
        fs::write(root.join("src/own.py"), "changed").unwrap();
        assert_ne!(watched.state(), state);
    }
}
