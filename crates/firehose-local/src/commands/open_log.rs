use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, Read, Write},
    path::Path,
};

/// The first line of a log file, by which a later command recognizes the file.
const HEADER: &str = "# firehose-local: log of functions";

/// Opens the file of `--log`: creates a missing file, and appends to an earlier log.
///
/// # Errors
///
/// If the file cannot be opened, or if it has other content, which a log must not damage.
pub(super) fn open_log(path: &Path) -> Result<File, String> {
    let cannot =
        |action: &str, error: io::Error| format!("cannot {action} {}: {error}", path.display());
    let is_regular = path.metadata().map_or(true, |metadata| metadata.is_file());
    if !is_regular {
        // A pipe or a terminal has no content to damage.
        return OpenOptions::new().write(true).open(path).map_err(|error| cannot("write", error));
    }
    let opened = OpenOptions::new().create(true).append(true).read(true).open(path);
    let mut file = opened.map_err(|error| cannot("write", error))?;
    let length = file.metadata().map_err(|error| cannot("read", error))?.len();
    if length == 0 {
        writeln!(file, "{HEADER}").map_err(|error| cannot("write", error))?;
        return Ok(file);
    }
    check_header(&file, path)?;
    Ok(file)
}

/// Checks that a file is missing or empty, is an earlier log, or is not a regular file.
///
/// # Errors
///
/// If the file has other content, which a log must not damage, or if it cannot be read.
pub(super) fn check_log(path: &Path) -> Result<(), String> {
    match path.metadata() {
        Ok(present) if present.is_file() && present.len() > 0 => {
            let file = File::open(path)
                .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            check_header(&file, path)
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

fn check_header(file: &File, path: &Path) -> Result<(), String> {
    let first =
        first_line(file).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    if first != HEADER.as_bytes() {
        return Err(format!(
            "--log {} exists and is not a log of firehose-local: choose another file",
            path.display()
        ));
    }
    Ok(())
}

/// Returns the first line, or the first bytes of a long line.
fn first_line(file: &File) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    BufReader::new(file.take(2 * HEADER.len() as u64)).read_until(b'\n', &mut line)?;
    line.pop_if(|last| *last == b'\n');
    Ok(line)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_log_is_created_and_then_continued() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        for line in ["one", "two"] {
            writeln!(open_log(&path).unwrap(), "{line}").unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{HEADER}\none\ntwo\n"));
        let empty = folder.path().join("empty");
        File::create(&empty).unwrap();
        open_log(&empty).unwrap();
        assert_eq!(fs::read_to_string(&empty).unwrap(), format!("{HEADER}\n"));
    }

    #[test]
    fn another_file_is_not_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("template.yaml");
        for content in ["Resources:\n", "\n", HEADER, &format!("{HEADER} 2\n"), "\u{7f}ELF"] {
            fs::write(&path, content).unwrap();
            let opened = open_log(&path);
            if content == HEADER {
                opened.unwrap();
                continue;
            }
            let error = opened.unwrap_err();
            assert!(
                error.ends_with("is not a log of firehose-local: choose another file"),
                "{error}"
            );
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
        let error = open_log(folder.path()).unwrap_err();
        assert!(error.starts_with("cannot write "), "{error}");
    }
}
