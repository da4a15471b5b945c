use std::{
    fs::{self, File},
    io,
    path::Path,
};

use bytes::Bytes;

use super::{input_error::InputError, paths::is_standard_input};
use crate::reading::{BYTE_ORDER_MARK, read_at_most};

/// The largest file that is read as a whole, in bytes. Lambda accepts events of 6 MiB; a captured
/// response may be longer than allowed.
pub const MAX_WHOLE_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// Reads all bytes of a file, or of standard input for `-`.
///
/// # Errors
///
/// If the file cannot be read, or is longer than `max_bytes`.
pub fn read_whole_file(path: &Path, max_bytes: u64) -> Result<Bytes, InputError> {
    let (file, content) = if is_standard_input(path) {
        ("standard input".to_owned(), read_at_most(io::stdin().lock(), max_bytes))
    } else {
        let content = File::open(path).and_then(|file| read_at_most(file, max_bytes));
        (path.display().to_string(), content)
    };
    match content {
        Ok(Some(content)) => Ok(Bytes::from(content)),
        Ok(None) => Err(InputError::TooLong { file, limit: max_bytes }),
        Err(error) => Err(InputError::Io { file, error }),
    }
}

/// Reads a whole file without the byte order mark at its start, or standard input for `-`. For JSON
/// that may not be UTF-8.
///
/// # Errors
///
/// If the file cannot be read, or is longer than `max_bytes`.
pub fn read_whole_json(path: &Path, max_bytes: u64) -> Result<Bytes, InputError> {
    let content = read_whole_file(path, max_bytes)?;
    Ok(content.slice(byte_order_mark_len(&content)..))
}

/// Reads a whole file of text, or standard input for `-`. A byte order mark at the start is left
/// out.
///
/// # Errors
///
/// If the file cannot be read, is longer than `max_bytes`, or is not UTF-8.
pub fn read_whole_text(path: &Path, max_bytes: u64) -> Result<String, InputError> {
    let content = read_whole_file(path, max_bytes)?;
    let start = byte_order_mark_len(&content);
    String::from_utf8(content.slice(start..).into()).map_err(|error| InputError::NotText {
        file: path.display().to_string(),
        offset: start + error.utf8_error().valid_up_to(),
    })
}

/// Reads a whole file of text that another file names or that stands in a folder, such as a template in
/// `cdk.out`. A user may name a pipe, but a pipe in a folder would wait without end for a writer.
///
/// # Errors
///
/// As [`read_whole_text`]. Also fails if the path is not a regular file.
pub fn read_regular_text(path: &Path, max_bytes: u64) -> Result<String, InputError> {
    let file = || path.display().to_string();
    let metadata = fs::metadata(path).map_err(|error| InputError::Io { file: file(), error })?;
    match metadata.is_file() {
        true => read_whole_text(path, max_bytes),
        false => Err(InputError::NotRegular { file: file() }),
    }
}

fn byte_order_mark_len(content: &[u8]) -> usize {
    if content.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_is_read_up_to_the_limit() {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), "\u{feff}{}").unwrap();
        assert_eq!(read_whole_file(file.path(), 5).unwrap(), "\u{feff}{}");
        assert_eq!(read_whole_json(file.path(), 5).unwrap(), "{}");
        assert_eq!(read_whole_text(file.path(), 5).unwrap(), "{}");
        let error = read_whole_file(file.path(), 4).unwrap_err();
        assert!(error.to_string().ends_with("longer than 4 bytes"), "{error}");
        for (text, offset) in [(&b"a\xff"[..], 1), (b"\xef\xbb\xbfa\xff", 4)] {
            fs::write(file.path(), text).unwrap();
            let error = read_whole_text(file.path(), 5).unwrap_err().to_string();
            assert!(error.ends_with(&format!("the text is not UTF-8 at byte {offset}")), "{error}");
        }
        fs::write(file.path(), "").unwrap();
        assert_eq!(read_whole_file(file.path(), 0).unwrap(), "");
    }

    #[test]
    fn a_pipe_a_device_and_a_folder_are_not_regular_files() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for path in [&pipe, folder.path(), Path::new("/dev/zero")] {
            let error = read_regular_text(path, 5).unwrap_err().to_string();
            assert!(error.ends_with("it is not a regular file"), "{error}");
        }
        let error = read_regular_text(&folder.path().join("absent"), 5).unwrap_err().to_string();
        assert!(error.contains("No such file"), "{error}");
    }
}
