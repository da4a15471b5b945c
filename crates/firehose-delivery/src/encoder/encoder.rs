use std::io::{self, Write};

use bytes::{Bytes, BytesMut};
use flate2::{Compression as Level, write::GzEncoder};

use crate::delivery_stream::Compression;

/// The bytes of an object, as they come together.
///
/// They are kept in pieces, so that growing copies nothing, and the store takes them as they
/// are.
#[derive(Debug)]
pub struct Content {
    writer: Writer,
    written: u64,
}

#[derive(Debug)]
enum Writer {
    Plain(Pieces),
    Gzip(Box<GzEncoder<Pieces>>),
}

impl Content {
    pub fn new(compression: Compression) -> Self {
        let pieces = Pieces::default();
        let writer = match compression {
            Compression::Uncompressed => Writer::Plain(pieces),
            Compression::Gzip => Writer::Gzip(Box::new(GzEncoder::new(pieces, Level::default()))),
        };
        Self { writer, written: 0 }
    }

    pub fn push(&mut self, data: &[u8]) {
        self.written += data.len() as u64;
        // Writing to memory does not fail.
        let _ = match &mut self.writer {
            Writer::Plain(pieces) => pieces.write_all(data),
            Writer::Gzip(encoder) => encoder.write_all(data),
        };
    }

    /// How much was written, before compression: what buffering hints count.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// What it takes in memory, about.
    pub fn held(&self) -> u64 {
        match &self.writer {
            Writer::Plain(pieces) => pieces.bytes,
            Writer::Gzip(encoder) => encoder.get_ref().bytes + ENCODER_BYTES,
        }
    }

    /// The finished object.
    pub fn finish(self) -> Vec<Bytes> {
        let mut pieces = match self.writer {
            Writer::Plain(pieces) => pieces,
            // Writing to memory does not fail.
            Writer::Gzip(encoder) => encoder.finish().unwrap_or_default(),
        };
        let last = pieces.open.split().freeze();
        if !last.is_empty() {
            pieces.full.push(last);
        }
        pieces.full
    }
}

/// The state of a compressor, rounded up.
const ENCODER_BYTES: u64 = 300 * 1024;

/// Pieces of at most a megabyte.
#[derive(Debug, Default)]
struct Pieces {
    full: Vec<Bytes>,
    open: BytesMut,
    bytes: u64,
}

impl Pieces {
    const SIZE: usize = 1024 * 1024;
    /// What a piece begins with: most objects of a small run are small.
    const FIRST: usize = 4 * 1024;
}

impl Write for Pieces {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if self.open.len() >= Self::SIZE {
            self.full.push(self.open.split().freeze());
        }
        if self.open.capacity() == 0 {
            let size = if self.full.is_empty() { Self::FIRST } else { Self::SIZE };
            self.open.reserve(size);
        }
        let taken = data.len().min(Self::SIZE - self.open.len());
        self.open.extend_from_slice(&data[..taken]);
        self.bytes += taken as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    fn written(compression: Compression, parts: &[&[u8]]) -> (u64, Vec<u8>) {
        let mut content = Content::new(compression);
        parts.iter().for_each(|part| content.push(part));
        (content.written(), content.finish().concat())
    }

    #[test]
    fn plain_content_is_what_was_pushed() {
        let long = vec![7; 3 * Pieces::SIZE + 5];
        let (length, content) = written(Compression::Uncompressed, &[b"ab", &long, b"", b"c"]);
        assert_eq!(content, [b"ab".as_slice(), &long, b"c"].concat());
        assert_eq!(length, content.len() as u64);
    }

    #[test]
    fn gzip_unpacks_to_what_was_pushed() {
        let (length, content) = written(Compression::Gzip, &[b"ab", &[b'x'; 100_000], b"c"]);
        let mut unpacked = Vec::new();
        GzDecoder::new(content.as_slice()).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, [b"ab".as_slice(), &[b'x'; 100_000], b"c"].concat());
        assert_eq!(length, 100_003);
        assert!(content.len() < 1000);
    }
}
