use std::{
    collections::VecDeque,
    fs, io,
    path::{Path, PathBuf},
};

use super::input_error::InputError;
use crate::store::is_unfinished;

/// The files of an input, in the order of reading.
#[derive(Debug)]
pub(super) struct Paths {
    /// The files that are not read yet, with their lengths in bytes. The length is `None` for a
    /// path that is not a regular file.
    pub(super) files: VecDeque<(PathBuf, Option<u64>)>,
    /// The pipes and devices in folders, which are not read: the first one, and their number.
    pub(super) skipped: Option<(PathBuf, u64)>,
}

impl Paths {
    /// Replaces folders by their files, and checks that each file exists.
    pub(super) fn find(paths: &[PathBuf]) -> Result<Self, InputError> {
        let mut found = Self { files: VecDeque::new(), skipped: None };
        for path in paths {
            if is_standard_input(path) {
                if found.files.iter().any(|(path, _)| is_standard_input(path)) {
                    return Err(InputError::StandardInputTwice);
                }
                found.push(path, None);
                continue;
            }
            let metadata = fs::metadata(path).map_err(|error| cannot_read(path, error))?;
            if metadata.is_dir() {
                let before = found.files.len();
                found.push_folder(path)?;
                if found.files.len() == before {
                    let skipped = found.skipped.map(|(path, _)| path);
                    return Err(InputError::EmptyFolder { folder: path.clone(), skipped });
                }
            } else {
                found.push(path, metadata.is_file().then_some(metadata.len()));
            }
        }
        Ok(found)
    }

    fn push(&mut self, path: &Path, bytes: Option<u64>) {
        self.files.push_back((path.to_owned(), bytes));
    }

    /// Returns the bytes of all files; `None` if a length is unknown.
    pub(super) fn total_bytes(&self) -> Option<u64> {
        self.files.iter().try_fold(0_u64, |total, (_, bytes)| Some(total.saturating_add((*bytes)?)))
    }

    /// Adds all regular files in a folder and its subfolders, sorted by name. Leaves out:
    ///
    /// - hidden files and folders, which belong to editors and file managers
    /// - unfinished files (`name#1`), left by a process that was killed while writing an object
    /// - links to folders, which may lead in circles
    /// - pipes and devices, which can wait or give bytes without end; `skipped` names them
    fn push_folder(&mut self, folder: &Path) -> Result<(), InputError> {
        let mut open = vec![folder.to_owned()];
        while let Some(path) = open.pop() {
            let kind = fs::symlink_metadata(&path).map_err(|error| cannot_read(&path, error))?;
            if kind.is_dir() || path == folder {
                let mut entries = visible_entries(&path)?;
                // The stack takes the next entry from its end.
                entries.sort_unstable_by(|one, other| other.cmp(one));
                open.append(&mut entries);
                continue;
            }
            let metadata = fs::metadata(&path).map_err(|error| cannot_read(&path, error))?;
            if metadata.is_file() {
                self.push(&path, Some(metadata.len()));
            } else if !metadata.is_dir() {
                self.skipped.get_or_insert_with(|| (path.clone(), 0)).1 += 1;
            }
        }
        Ok(())
    }
}

/// Returns `true` if a path means standard input.
pub(super) fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

fn visible_entries(folder: &Path) -> Result<Vec<PathBuf>, InputError> {
    let entries = fs::read_dir(folder).map_err(|error| cannot_read(folder, error))?;
    let mut visible = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| cannot_read(folder, error))?;
        let name = entry.file_name();
        if !name.as_encoded_bytes().starts_with(b".") && !is_unfinished(&name) {
            visible.push(entry.path());
        }
    }
    Ok(visible)
}

fn cannot_read(path: &Path, error: io::Error) -> InputError {
    InputError::Io { file: path.display().to_string(), error }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(paths: &Paths, folder: &Path) -> Vec<String> {
        let name =
            |(path, _): &(PathBuf, _)| path.strip_prefix(folder).unwrap().display().to_string();
        paths.files.iter().map(name).collect()
    }

    #[test]
    fn a_folder_stands_for_its_visible_files_sorted_by_name() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("2026/11")).unwrap();
        for name in ["b.log", "2026/11/z", "2026/a", ".DS_Store", "c", "c#1", "2026/a#20"] {
            fs::write(folder.path().join(name), "12345").unwrap();
        }
        let paths = Paths::find(&[folder.path().to_owned()]).unwrap();
        assert_eq!(names(&paths, folder.path()), ["2026/11/z", "2026/a", "b.log", "c"]);
        assert_eq!(paths.total_bytes(), Some(20));
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_in_circles_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), "").unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("circle")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("a"), folder.path().join("b")).unwrap();
        let paths = Paths::find(&[folder.path().to_owned()]).unwrap();
        assert_eq!(names(&paths, folder.path()), ["a", "b"]);
        // The named folder itself may be a link.
        let paths = Paths::find(&[folder.path().join("circle")]).unwrap();
        assert_eq!(paths.files.len(), 2);
    }

    #[test]
    fn a_pipe_in_a_folder_is_skipped_and_named() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b"] {
            let pipe = folder.path().join(name);
            assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
        }
        let error = Paths::find(&[folder.path().to_owned()]).unwrap_err().to_string();
        assert!(error.contains("the folder has no regular files; name ") && error.contains("/a "));
        fs::write(folder.path().join("c"), "").unwrap();
        let paths = Paths::find(&[folder.path().to_owned()]).unwrap();
        assert_eq!(names(&paths, folder.path()), ["c"]);
        assert_eq!(paths.skipped, Some((folder.path().join("a"), 2)));
    }

    #[test]
    fn paths_that_cannot_be_read_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing.log");
        let error = Paths::find(&[folder.path().to_owned()]).unwrap_err().to_string();
        assert!(error.ends_with("the folder has no files"), "{error}");
        let error = Paths::find(&[missing]).unwrap_err().to_string();
        assert!(error.contains("missing.log: No such file"), "{error}");
        let error = Paths::find(&["-".into(), "-".into()]).unwrap_err().to_string();
        assert!(error.contains("twice"), "{error}");
    }

    #[test]
    fn the_length_of_standard_input_is_unknown() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let paths = Paths::find(&[file.path().to_owned(), "-".into()]).unwrap();
        assert_eq!(paths.total_bytes(), None);
    }
}
