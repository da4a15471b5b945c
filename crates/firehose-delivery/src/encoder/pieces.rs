use std::io::{self, Write};

use bytes::{Bytes, BytesMut};

/// Bytes in pieces of at most 1 MiB, so that growth copies no full piece, and the store takes the
/// pieces as they are.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    full: Vec<Bytes>,
    open: BytesMut,
    bytes: u64,
}

impl Pieces {
    /// The length of a full piece, in bytes.
    pub(super) const SIZE: usize = 1024 * 1024;
    /// The initial capacity of the first piece, in bytes: most objects of a small run are small.
    const FIRST: usize = 4 * 1024;

    /// Returns the length of all pieces.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn push(&mut self, mut data: &[u8]) {
        while !data.is_empty() {
            let taken = self.push_some(data);
            data = &data[taken..];
        }
    }

    /// Appends as much of the data as fits into the open piece, and returns the number of appended
    /// bytes.
    fn push_some(&mut self, data: &[u8]) -> usize {
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
        taken
    }

    pub(super) fn finish(mut self) -> Vec<Bytes> {
        let last = self.open.split().freeze();
        if !last.is_empty() {
            self.full.push(last);
        }
        self.full
    }
}

impl Write for Pieces {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        Ok(self.push_some(data))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
