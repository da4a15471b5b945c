use std::io::{self, Read};

use bytes::Bytes;

use super::read_buffer::ReadBuffer;

/// The lines of a reader. A newline ends a line. A text that ends in a newline has no empty line
/// after this newline.
///
/// A line over the limit is never in memory as a whole. After
/// [`io::ErrorKind::WouldBlock`], the next call continues the same line.
#[derive(Debug)]
pub(crate) struct LineReader<R> {
    reader: R,
    buffer: ReadBuffer,
    /// The number of bytes at the start of the buffer that were searched and have no newline.
    searched: usize,
    /// The bytes of the line that were discarded, because the line is too long.
    discarded: u64,
    limit: usize,
}

/// A line without its newline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// A line within the limit. Neighbouring lines share one allocation.
    Whole(Bytes),
    /// A line over the limit.
    TooLong {
        /// The length of the line.
        bytes: u64,
    },
}

impl<R: Read> LineReader<R> {
    /// Returns the lines of a reader, with a limit in bytes for each line.
    pub(crate) fn new(reader: R, limit: usize) -> Self {
        Self { reader, buffer: ReadBuffer::default(), searched: 0, discarded: 0, limit }
    }

    /// Returns the reader.
    pub(crate) fn get_ref(&self) -> &R {
        &self.reader
    }

    /// Returns the reader, for example to push pieces to it.
    pub(crate) fn get_mut(&mut self) -> &mut R {
        &mut self.reader
    }

    /// Returns the next line, or `None` after the last line.
    ///
    /// # Errors
    ///
    /// The reader's errors.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<Line>> {
        loop {
            if let Some(at) = memchr::memchr(b'\n', &self.buffer.as_slice()[self.searched..]) {
                let line = self.line(self.searched + at);
                self.buffer.skip(1);
                return Ok(Some(line));
            }
            if self.discarded > 0 || self.buffer.len() > self.limit {
                self.discarded += self.buffer.len() as u64;
                self.buffer.clear();
            }
            self.searched = self.buffer.len();
            if !self.buffer.fill(&mut self.reader)? {
                let is_line = self.discarded > 0 || self.buffer.len() > 0;
                return Ok(is_line.then(|| self.line(self.buffer.len())));
            }
        }
    }

    /// Takes the line that ends after this many bytes of the buffer.
    fn line(&mut self, length: usize) -> Line {
        let bytes = std::mem::take(&mut self.discarded) + length as u64;
        self.searched = 0;
        if bytes > self.limit as u64 {
            self.buffer.skip(length);
            return Line::TooLong { bytes };
        }
        Line::Whole(self.buffer.take(length))
    }

    #[cfg(test)]
    pub(crate) fn buffer_capacity(&self) -> usize {
        self.buffer.capacity()
    }
}
