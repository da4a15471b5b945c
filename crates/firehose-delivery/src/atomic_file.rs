use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use uuid::Uuid;

/// A file that appears under its name once it is complete. Until then, the file has a temporary
/// name in the same folder. Dropping an incomplete file removes the temporary file, and keeps the
/// file that was to be replaced.
///
/// An existing path that is not a regular file, such as a pipe, is written to directly. So is every
/// path in `/dev` or `/proc`, because a rename would replace a link there.
#[derive(Debug)]
pub(crate) struct AtomicFile {
    file: BufWriter<File>,
    path: PathBuf,
    /// The temporary path until the file is complete; `None` if `path` is written to directly.
    unfinished: Option<PathBuf>,
    replace: bool,
}

impl AtomicFile {
    /// Creates the file under its temporary name.
    ///
    /// # Errors
    ///
    /// The path exists and `replace` is `false`, or the file cannot be created.
    pub(crate) fn create(path: &Path, replace: bool) -> io::Result<Self> {
        if path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let is_special = ["/dev", "/proc"].iter().any(|folder| path.starts_with(folder));
        // `metadata` follows links, such as a link in `/proc` to an unnamed pipe.
        let is_not_regular = fs::metadata(path).is_ok_and(|present| !present.is_file());
        if !replace && fs::symlink_metadata(path).is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        if is_special || is_not_regular {
            let file = BufWriter::new(File::options().write(true).open(path)?);
            return Ok(Self { file, path: path.to_owned(), unfinished: None, replace });
        }
        // The target of a link is replaced, and the link stays. A broken link is replaced itself.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let present = fs::symlink_metadata(&path).ok();
        // After a crash, the `#1` keeps a store from listing the file as an object.
        let unfinished = path.with_file_name(format!(".firehose-local-{}#1", Uuid::new_v4()));
        let file = BufWriter::new(File::create_new(&unfinished)?);
        let created = Self { file, path, unfinished: Some(unfinished), replace };
        if let Some(present) = present.filter(fs::Metadata::is_file) {
            // Copies the old permissions, so that replacing a file never widens access.
            created.file.get_ref().set_permissions(present.permissions())?;
        }
        Ok(created)
    }

    /// Completes the file and gives it its name.
    ///
    /// # Errors
    ///
    /// If the end of the file cannot be written, the file is removed. If the file cannot be
    /// renamed, it keeps its temporary name, which the error contains.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.file.flush()?;
        let Some(unfinished) = self.unfinished.take() else { return Ok(()) };
        let named = match fs::symlink_metadata(&self.path) {
            Ok(_) if !self.replace => Err(io::ErrorKind::AlreadyExists.into()),
            _ => fs::rename(&unfinished, &self.path),
        };
        named.map_err(|error| {
            let (unfinished, path) = (unfinished.display(), self.path.display());
            let message =
                format!("cannot rename the complete file {unfinished} to {path}: {error}");
            io::Error::new(error.kind(), message)
        })
    }
}

impl Write for AtomicFile {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.file.write(data)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if let Some(unfinished) = &self.unfinished {
            // A destructor cannot report an error.
            let _ = fs::remove_file(unfinished);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Read,
        os::{
            fd::AsRawFd,
            unix::fs::{PermissionsExt, symlink},
        },
    };

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_pipe_is_written_to_directly() {
        let (mut reader, writer) = io::pipe().unwrap();
        let path = format!("/proc/self/fd/{}", writer.as_raw_fd());
        let mut file = AtomicFile::create(Path::new(&path), true).unwrap();
        file.write_all(b"rest").unwrap();
        file.finish().unwrap();
        drop(writer);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "rest");
        assert!(AtomicFile::create(Path::new("/dev/null"), true).is_ok());
        assert!(AtomicFile::create(Path::new("nowhere/"), true).is_err());
    }

    #[test]
    fn a_file_appears_when_it_is_complete_and_the_old_file_stays_until_then() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rest");
        for before in [None, Some("precious")] {
            let read = || fs::read_to_string(&path).ok();
            let mut file = AtomicFile::create(&path, before.is_some()).unwrap();
            // More than the buffer holds.
            file.write_all(&[b'x'; 100_000]).unwrap();
            assert_eq!(read().as_deref(), before);
            drop(file);
            assert_eq!(read().as_deref(), before);
            assert_eq!(names(folder.path()).len(), before.into_iter().count());

            let mut file = AtomicFile::create(&path, before.is_some()).unwrap();
            file.write_all(b"whole").unwrap();
            file.finish().unwrap();
            assert_eq!(
                (read().as_deref(), names(folder.path())),
                (Some("whole"), vec!["rest".into()])
            );
            fs::write(&path, "precious").unwrap();
        }
    }

    #[test]
    fn a_file_that_appears_in_the_meantime_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rest");
        let mut file = AtomicFile::create(&path, false).unwrap();
        file.write_all(b"whole").unwrap();
        fs::write(&path, "precious").unwrap();
        let error = file.finish().unwrap_err();
        assert_eq!(fs::read(&path).unwrap(), b"precious");
        let other = names(folder.path()).remove(0);
        assert!(error.to_string().contains(&other), "{error}");
        assert_eq!(fs::read(folder.path().join(other)).unwrap(), b"whole");
    }

    #[test]
    fn a_link_and_the_permissions_of_its_target_stay() {
        let folder = tempfile::tempdir().unwrap();
        let [path, link] = ["file", "link"].map(|name| folder.path().join(name));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        symlink(&path, &link).unwrap();
        AtomicFile::create(&link, true).unwrap().finish().unwrap();
        assert!(link.is_symlink() && fs::read(&path).unwrap().is_empty());
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_folder_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let error = AtomicFile::create(folder.path(), true).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::IsADirectory);
    }
}
