use std::{fs, io, path::Path};

use zip::ZipArchive;

/// The largest size of unpacked code, in bytes:
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
const MAX_BYTES: u64 = 250 * 1024 * 1024;

/// Unpacks a .zip archive into a folder.
///
/// # Errors
///
/// If the archive cannot be read, has a link or a file outside the folder, or has more than
/// [`MAX_BYTES`].
pub(super) fn unpack(archive: &Path, folder: &Path) -> Result<(), String> {
    let file = fs::File::open(archive).map_err(|error| error.to_string())?;
    let mut archive = ZipArchive::new(file).map_err(|error| error.to_string())?;
    let mut left = MAX_BYTES;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| error.to_string())?;
        let name = entry.name().map_err(|error| error.to_string())?.into_owned();
        let outside = || format!("the file {name} would be outside the folder");
        let path = folder.join(entry.enclosed_name().ok_or_else(outside)?);
        if entry.is_symlink() {
            return Err(format!("the file {name} is a link, which is not supported"));
        }
        let failed = |error: io::Error| format!("{name}: {error}");
        if entry.is_dir() {
            fs::create_dir_all(&path).map_err(failed)?;
            continue;
        }
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        let mut written = fs::File::create(&path).map_err(failed)?;
        // The sizes in an archive may be wrong, so count the bytes.
        let bytes = io::copy(&mut io::Read::take(&mut entry, left + 1), &mut written);
        left = left.checked_sub(bytes.map_err(failed)?).ok_or_else(|| {
            format!("the code has more than {MAX_BYTES} bytes, the limit of Lambda")
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn archive(names: &[&str]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let mut writer = ZipWriter::new(file.as_file_mut());
        for name in names {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(name.as_bytes()).unwrap();
        }
        writer.finish().unwrap();
        file
    }

    #[test]
    fn files_in_folders_are_unpacked() {
        let folder = tempfile::tempdir().unwrap();
        unpack(archive(&["app.py", "package/module.py"]).path(), folder.path()).unwrap();
        let text = fs::read_to_string(folder.path().join("package/module.py")).unwrap();
        assert_eq!(text, "package/module.py");
    }

    #[test]
    fn a_bad_archive_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        let error = unpack(archive(&["../outside.py"]).path(), &inner).unwrap_err();
        assert_eq!(error, "the file ../outside.py would be outside the folder");
        assert!(!folder.path().join("outside.py").exists());
        let text = tempfile::NamedTempFile::new().unwrap();
        fs::write(text.path(), "no archive").unwrap();
        unpack(text.path(), &inner).unwrap_err();
        unpack(&inner.join("absent.zip"), &inner).unwrap_err();
    }
}
