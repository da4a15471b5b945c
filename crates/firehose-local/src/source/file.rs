use std::{
    fmt, fs,
    io::{self, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{InputError, paths::is_standard_input};

/// A file that is being read. It counts its bytes for whoever watches the progress.
pub(super) struct InputFile {
    name: String,
    reader: Box<dyn Read + Send>,
    bytes_read: Arc<AtomicU64>,
}

impl InputFile {
    /// Opens a file, or standard input for `-`.
    pub(super) fn open(path: &Path, bytes_read: Arc<AtomicU64>) -> Result<Self, InputError> {
        if is_standard_input(path) {
            return Ok(Self::new("standard input", io::stdin(), bytes_read));
        }
        let name = path.display().to_string();
        match fs::File::open(path) {
            Ok(file) => Ok(Self::new(name, file, bytes_read)),
            Err(error) => Err(InputError::Io { file: name, error }),
        }
    }

    pub(super) fn new(
        name: impl Into<String>,
        reader: impl Read + Send + 'static,
        bytes_read: Arc<AtomicU64>,
    ) -> Self {
        Self { name: name.into(), reader: Box::new(reader), bytes_read }
    }

    /// How errors call it.
    pub(super) fn name(&self) -> String {
        self.name.clone()
    }

    /// Reads what there is, as much as the buffer takes; 0 at the end.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, InputError> {
        loop {
            match self.reader.read(buffer) {
                Ok(read) => {
                    self.bytes_read.fetch_add(read as u64, Ordering::Relaxed);
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(InputError::Io { file: self.name(), error }),
            }
        }
    }
}

impl fmt::Debug for InputFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InputFile").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A file that is read in pieces of these lengths, over and over.
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

    /// A file `test` with this content, which is read in pieces of these lengths.
    pub(in crate::source) fn in_pieces(content: &[u8], lengths: &[usize]) -> InputFile {
        let content = io::Cursor::new(content.to_vec());
        let pieces = Pieces { content, lengths: lengths.to_vec(), reads: 0 };
        InputFile::new("test", pieces, Arc::default())
    }

    #[test]
    fn an_error_names_the_file_and_an_interruption_is_none() {
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
        let mut file = InputFile::new("a.log", Failing(0), Arc::default());
        let error = file.read(&mut [0; 8]).unwrap_err();
        insta::assert_snapshot!(error, @"cannot read a.log: the disk is gone");
    }
}
