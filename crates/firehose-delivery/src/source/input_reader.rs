use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicU64},
};

use super::{
    event_records::EventRecords,
    input_error::InputError,
    input_file::InputFile,
    input_format::InputFormat,
    input_item::InputItem,
    input_manifest::{InputManifest, ManifestFile},
    kafka_records::KafkaRecords,
    length_prefixed_records::LengthPrefixedRecords,
    line_records::LineRecords,
    paths::Paths,
};

/// An iterator over the records of an input, one file after the other.
///
/// [`next`](Self::next) blocks while it reads. After an error the iterator ends, since the start of
/// the next record is unknown.
#[derive(Debug)]
pub struct InputReader {
    paths: Paths,
    total_bytes: Option<u64>,
    manifest: InputManifest,
    format: InputFormat,
    limit: usize,
    current: Option<Records>,
    /// The position of the last item.
    position: u64,
    bytes_read: Arc<AtomicU64>,
    failed: bool,
}

/// The records of one file.
#[derive(Debug)]
enum Records {
    Lines(LineRecords),
    LengthPrefixed(LengthPrefixedRecords),
    Events(EventRecords),
    KafkaJson(KafkaRecords),
}

impl InputReader {
    /// Returns a reader of files, of the files in folders, and of standard input for `-`. Reads
    /// nothing yet. Records of more than `limit` bytes become [`InputItem::TooLarge`].
    ///
    /// # Errors
    ///
    /// If a path does not exist, a folder has no files, or `-` is named twice.
    pub fn open(paths: &[PathBuf], format: InputFormat, limit: usize) -> Result<Self, InputError> {
        let paths = Paths::find(paths)?;
        let file = |(path, bytes): &(PathBuf, Option<u64>)| ManifestFile {
            file: path.display().to_string(),
            bytes: *bytes,
        };
        let files = paths.files.iter().map(file).collect();
        Ok(Self {
            total_bytes: paths.total_bytes(),
            manifest: InputManifest { format: Some(format), files },
            paths,
            format,
            limit,
            current: None,
            position: 0,
            bytes_read: Arc::default(),
            failed: false,
        })
    }

    /// Returns the counter of the bytes read so far. The counter may include one piece of the file
    /// whose records are not returned yet.
    pub fn bytes_read(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.bytes_read)
    }

    /// Returns the files that are not opened yet, in the order of reading.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.paths.files.iter().map(|(path, _)| path.as_path())
    }

    /// Returns the first pipe or device in the folders of the input, and the number of all of them. They
    /// are not read. Returns `None` if the folders have only files.
    pub fn skipped(&self) -> Option<&(PathBuf, u64)> {
        self.paths.skipped.as_ref()
    }

    /// Returns the length of all files when the reader was opened; `None` if a length is unknown,
    /// as for standard input.
    pub fn total_bytes(&self) -> Option<u64> {
        self.total_bytes
    }

    /// Returns the files that were found when the reader was opened, and their format.
    pub fn manifest(&self) -> &InputManifest {
        &self.manifest
    }

    fn advance(&mut self) -> Result<Option<InputItem>, InputError> {
        loop {
            if let Some(records) = &mut self.current {
                if let Some(item) = records.next(self.position + 1)? {
                    self.position += 1;
                    return Ok(Some(item));
                }
                self.current = None;
            }
            let Some((path, _)) = self.paths.files.pop_front() else { return Ok(None) };
            let file = InputFile::open(&path, Arc::clone(&self.bytes_read))?;
            self.current = Some(Records::of(file, self.format, self.limit));
        }
    }
}

impl Iterator for InputReader {
    type Item = Result<InputItem, InputError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let item = self.advance();
        self.failed = item.is_err();
        item.transpose()
    }
}

impl Records {
    fn of(file: InputFile, format: InputFormat, limit: usize) -> Self {
        match format {
            InputFormat::Lines => Self::Lines(LineRecords::new(file, limit)),
            InputFormat::LengthPrefixed => {
                Self::LengthPrefixed(LengthPrefixedRecords::new(file, limit))
            }
            InputFormat::Events => Self::Events(EventRecords::new(file, limit)),
            InputFormat::KafkaJson => Self::KafkaJson(KafkaRecords::new(file, limit)),
        }
    }

    fn next(&mut self, position: u64) -> Result<Option<InputItem>, InputError> {
        match self {
            Self::Lines(lines) => lines.next(position),
            Self::LengthPrefixed(records) => records.next(position),
            Self::Events(events) => events.next(position),
            Self::KafkaJson(records) => records.next(position),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write, sync::atomic::Ordering};

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    #[test]
    fn positions_continue_over_files_and_bytes_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in [("a", "1\n2"), ("b", ""), ("c", "too long\n\n3\n")] {
            fs::write(folder.path().join(name), content).unwrap();
        }
        let paths = [folder.path().to_owned()];
        let reader = InputReader::open(&paths, InputFormat::Lines, 4).unwrap();
        let bytes_read = reader.bytes_read();
        assert_eq!((reader.total_bytes(), bytes_read.load(Ordering::Relaxed)), (Some(15), 0));
        let items: Vec<_> = reader.collect::<Result<_, _>>().unwrap();
        let shown = items.iter().map(|item| match item {
            InputItem::Record(record) => format!("{} {:?}", record.position, record.data),
            InputItem::TooLarge { position, bytes, .. } => format!("{position} {bytes} bytes"),
            InputItem::Unreadable { position, reason } => format!("{position} {reason}"),
        });
        let expected = ["1 b\"1\"", "2 b\"2\"", "3 8 bytes", "4 b\"\"", "5 b\"3\""];
        assert_eq!(shown.collect::<Vec<_>>(), expected);
        assert_eq!(bytes_read.load(Ordering::Relaxed), 15);
    }

    #[test]
    fn gzip_is_unpacked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("packed");
        let packed = |text: &str| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(text.as_bytes()).unwrap();
            encoder.finish().unwrap()
        };
        // Several gzip members in a row are one file.
        let two = [packed("1\n2\n"), packed("3")].concat();
        for (content, expected) in [(&two[..], "1,2,3"), (b"\x1f\n2", "\x1f,2"), (b"\x1f", "\x1f")]
        {
            fs::write(&path, content).unwrap();
            let paths = [path.clone()];
            let reader = InputReader::open(&paths, InputFormat::Lines, 9).unwrap();
            let bytes_read = reader.bytes_read();
            let lines = reader.map(|item| match item.unwrap() {
                InputItem::Record(record) => String::from_utf8(record.data.to_vec()).unwrap(),
                other => panic!("{other:?}"),
            });
            assert_eq!(lines.collect::<Vec<_>>().join(","), expected);
            assert_eq!(bytes_read.load(Ordering::Relaxed), content.len() as u64);
        }
        fs::write(&path, &two[..two.len() - 9]).unwrap();
        let mut reader = InputReader::open(&[path], InputFormat::Lines, 9).unwrap();
        let error = reader.find_map(Result::err).unwrap().to_string();
        assert!(error.contains("packed"), "{error}");
    }

    #[test]
    fn nothing_is_read_after_an_error() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), [0, 0, 0, 1, b'x', 0]).unwrap();
        fs::write(folder.path().join("b"), [0, 0, 0, 1, b'y']).unwrap();
        let paths = [folder.path().to_owned()];
        let mut reader = InputReader::open(&paths, InputFormat::LengthPrefixed, 4).unwrap();
        assert!(matches!(reader.next(), Some(Ok(InputItem::Record(_)))));
        let error = reader.next().unwrap().unwrap_err().to_string();
        assert!(error.contains("/a: the file ends within the length"), "{error}");
        assert!(reader.next().is_none());
    }

    #[test]
    fn a_file_that_was_removed_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let paths = [file.path().to_owned()];
        let mut reader = InputReader::open(&paths, InputFormat::Lines, 4).unwrap();
        let name = file.path().display().to_string();
        drop(file);
        let error = reader.next().unwrap().unwrap_err().to_string();
        assert!(error.starts_with(&format!("cannot read {name}: No such file")), "{error}");
    }

    #[test]
    fn the_events_of_the_fixtures_have_records() {
        let paths = [PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/events"))];
        let reader = InputReader::open(&paths, InputFormat::Events, 1024 * 1024).unwrap();
        let items: Vec<_> = reader.collect::<Result<_, _>>().unwrap();
        let records = items.iter().filter(|item| matches!(item, InputItem::Record(_))).count();
        assert!(records > 50 && items.len() - records < 10, "{records} of {}", items.len());
    }
}
