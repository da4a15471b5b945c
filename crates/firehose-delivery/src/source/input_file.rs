use std::{
    fmt,
    fs::File,
    io::{self, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{input_error::InputError, paths::is_standard_input};
use crate::reading::UnpackingReader;

/// A file of the input. Gzip is unpacked.
#[derive(Debug)]
pub(super) struct InputFile {
    name: String,
    reader: UnpackingReader<CountedReader>,
}

impl InputFile {
    /// Opens a file, or standard input for `-`. Each read adds its bytes, before unpacking,
    /// to `bytes_read`.
    pub(super) fn open(path: &Path, bytes_read: Arc<AtomicU64>) -> Result<Self, InputError> {
        if is_standard_input(path) {
            return Ok(Self::new("standard input", io::stdin(), bytes_read));
        }
        let name = path.display().to_string();
        match File::open(path) {
            Ok(file) => Ok(Self::new(name, file, bytes_read)),
            Err(error) => Err(InputError::Io { file: name, error }),
        }
    }

    /// Returns the content of a reader as a file of this name.
    pub(super) fn new(
        name: impl Into<String>,
        reader: impl Read + Send + 'static,
        bytes_read: Arc<AtomicU64>,
    ) -> Self {
        let reader = CountedReader { reader: Box::new(reader), bytes_read };
        Self { name: name.into(), reader: UnpackingReader::new(reader) }
    }

    /// Returns the name of the file in errors: its path, or `standard input`.
    pub(super) fn name(&self) -> String {
        self.name.clone()
    }

    /// Returns a read error with the name of the file.
    pub(super) fn error(&self, error: io::Error) -> InputError {
        InputError::Io { file: self.name(), error }
    }
}

impl Read for InputFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

/// A reader that counts the bytes that it reads, for the progress.
struct CountedReader {
    reader: Box<dyn Read + Send>,
    bytes_read: Arc<AtomicU64>,
}

impl Read for CountedReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.bytes_read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl fmt::Debug for CountedReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CountedReader").finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::source::line_records::LineRecords;

    /// A reader that gives pieces of these lengths, over and over.
    struct Pieces {
        content: io::Cursor<Vec<u8>>,
        lengths: Vec<usize>,
        reads: usize,
    }

    impl Read for Pieces {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.reads += 1;
            let length = self.lengths[self.reads % self.lengths.len()].min(buffer.len());
            self.content.read(&mut buffer[..length])
        }
    }

    /// Returns a file `test` with this content, which is read in pieces of these lengths.
    pub(in crate::source) fn in_pieces(content: &[u8], lengths: &[usize]) -> InputFile {
        let content = io::Cursor::new(content.to_vec());
        let pieces = Pieces { content, lengths: lengths.to_vec(), reads: 0 };
        InputFile::new("test", pieces, Arc::default())
    }

    #[test]
    fn an_error_names_the_file_and_an_interrupted_read_is_repeated() {
        struct Failing(u8);
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                self.0 += 1;
                Err(match self.0 {
                    1 => io::ErrorKind::Interrupted.into(),
                    _ => io::Error::other("the disk is gone"),
                })
            }
        }
        let file = InputFile::new("a.log", Failing(0), Arc::default());
        let error = LineRecords::new(file, 8).next(1).unwrap_err();
        insta::assert_snapshot!(error, @"cannot read a.log: the disk is gone");
    }
}
