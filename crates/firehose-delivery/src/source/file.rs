use std::{
    fmt, fs,
    io::{self, Chain, Cursor, Read},
    mem,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use flate2::read::MultiGzDecoder;

use super::{InputError, paths::is_standard_input};

/// A file that is being read, and unpacked if it is packed by gzip. It counts its bytes, as they are
/// in the file, for whoever watches the progress.
pub(super) struct InputFile {
    name: String,
    reader: Reader,
}

enum Reader {
    /// Nothing is read yet.
    New(Counted),
    Plain(Started),
    Gzip(Box<MultiGzDecoder<Started>>),
    /// It could not be read.
    Broken,
}

/// What was read to tell what it is, and the rest.
type Started = Chain<Cursor<Vec<u8>>, Counted>;

/// What a file begins with that is packed by gzip. No line of text does, nor does a length of
/// which there could be so many bytes.
const GZIP: [u8; 2] = [0x1f, 0x8b];

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
        let reader = Counted { reader: Box::new(reader), bytes_read };
        Self { name: name.into(), reader: Reader::New(reader) }
    }

    /// How errors call it.
    pub(super) fn name(&self) -> String {
        self.name.clone()
    }

    /// Reads what there is, as much as the buffer takes; 0 at the end.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, InputError> {
        loop {
            let read = match &mut self.reader {
                Reader::New(_) => match mem::replace(&mut self.reader, Reader::Broken) {
                    Reader::New(reader) => reader.start().map(|reader| {
                        self.reader = reader;
                        None
                    }),
                    _ => Ok(Some(0)),
                },
                Reader::Plain(reader) => reader.read(buffer).map(Some),
                Reader::Gzip(reader) => reader.read(buffer).map(Some),
                Reader::Broken => Ok(Some(0)),
            };
            match read {
                Ok(Some(read)) => return Ok(read),
                Ok(None) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(InputError::Io { file: self.name(), error }),
            }
        }
    }
}

/// A reader whose bytes are counted.
struct Counted {
    reader: Box<dyn Read + Send>,
    bytes_read: Arc<AtomicU64>,
}

impl Counted {
    /// Finds out what it is, by the first two bytes; or by the first, if that says it already:
    /// somebody may be typing.
    fn start(mut self) -> io::Result<Reader> {
        let mut first = vec![0; 8 * 1024];
        let mut length = 0;
        while length < GZIP.len() && GZIP.starts_with(&first[..length]) {
            match self.read(&mut first[length..]) {
                Ok(0) => break,
                Ok(read) => length += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        first.truncate(length);
        let is_gzip = first.starts_with(&GZIP);
        let started = Cursor::new(first).chain(self);
        Ok(match is_gzip {
            true => Reader::Gzip(Box::new(MultiGzDecoder::new(started))),
            false => Reader::Plain(started),
        })
    }
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.bytes_read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
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
