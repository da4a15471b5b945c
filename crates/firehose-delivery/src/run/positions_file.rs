use std::{
    fs::{self, File},
    io::{self, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::run_report::RunReport;
use crate::{
    atomic_file::AtomicFile, delivery::WantedPositions, destinations::PositionSet,
    source::InputManifest,
};

/// The file of a run's [`RunPositions`](super::RunPositions). The file appears under its name once it is complete.
///
/// The file is one JSON object in one line. Its first key says that this program wrote the file, so
/// that a later run may replace it.
#[derive(Debug)]
pub struct PositionsFile {
    file: AtomicFile,
    path: PathBuf,
}

/// The value of the first key.
const CONTENT: &str = "firehose-local: positions of records that are not delivered";

/// The start of each file of positions.
const START: &str = r#"{"content":"firehose-local: positions of records that are not delivered","#;

impl PositionsFile {
    /// Creates the file under a temporary name. An earlier file of positions stays until the new
    /// file is complete.
    ///
    /// # Errors
    ///
    /// If the file exists with [other content](Self::check), or if it cannot be created.
    pub fn create(path: &Path) -> io::Result<Self> {
        Self::check(path)?;
        let is_present = fs::symlink_metadata(path).is_ok();
        Ok(Self { file: AtomicFile::create(path, is_present)?, path: path.to_owned() })
    }

    /// Checks that a file is missing or empty, is a file of positions, or is not a regular file.
    ///
    /// # Errors
    ///
    /// If the file has other content, which must not be lost, or if it cannot be read.
    pub fn check(path: &Path) -> io::Result<()> {
        // A pipe or a terminal has no content to lose.
        let Some(present) = fs::metadata(path).ok().filter(|present| present.is_file()) else {
            return Ok(());
        };
        if present.len() == 0 {
            return Ok(());
        }
        let mut start = Vec::new();
        File::open(path)?.take(START.len() as u64).read_to_end(&mut start)?;
        if start != START.as_bytes() {
            let message = "the file exists and is not a file of positions";
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
        }
        Ok(())
    }

    /// Returns the path of the complete file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the positions of a run, and completes the file.
    ///
    /// # Errors
    ///
    /// If the file cannot be written. An earlier file is then unchanged.
    pub fn finish(mut self, report: &RunReport) -> io::Result<()> {
        let mut writer = BufWriter::new(&mut self.file);
        serde_json::to_writer(&mut writer, &FileContent::of(report))?;
        writer.write_all(b"\n")?;
        writer.flush()?;
        drop(writer);
        self.file.finish()
    }
}

/// The content of the file: [`RunPositions`](super::RunPositions) after a key that says what wrote the file. There may be
/// millions of ranges, so that they are written from the report.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileContent<'a> {
    content: &'static str,
    input: &'a InputManifest,
    delivery_streams: Vec<StreamContent<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StreamContent<'a> {
    name: &'a str,
    not_delivered_positions: &'a PositionSet,
    not_read_positions: &'a WantedPositions,
}

impl<'a> FileContent<'a> {
    fn of(report: &'a RunReport) -> Self {
        let streams = report.streams.iter().map(|stream| StreamContent {
            name: &stream.name,
            not_delivered_positions: &stream.stats.undelivered,
            not_read_positions: &stream.not_read,
        });
        Self { content: CONTENT, input: &report.manifest, delivery_streams: streams.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{run_positions::RunPositions, shared_progress::SharedProgress},
        *,
    };

    #[test]
    fn only_a_file_of_positions_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("positions");
        let report = SharedProgress::default().report();
        for content in [None, Some("")] {
            if let Some(content) = content {
                fs::write(&path, content).unwrap();
            }
            for _ in 0..2 {
                PositionsFile::create(&path).unwrap().finish(&report).unwrap();
                let positions = RunPositions::read(File::open(&path).unwrap()).unwrap();
                assert_eq!(positions, RunPositions::from(&report));
            }
        }
        let other = START.replace("firehose-local", "another tool");
        for content in ["precious", "{}", "\n", other.as_str(), &START[..START.len() - 1]] {
            fs::write(&path, content).unwrap();
            let error = PositionsFile::create(&path).unwrap_err();
            assert_eq!(error.to_string(), "the file exists and is not a file of positions");
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
        }
    }

    #[test]
    fn an_earlier_file_stays_if_the_run_writes_no_positions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("positions");
        fs::write(&path, format!("{START}rest")).unwrap();
        drop(PositionsFile::create(&path).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{START}rest"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
