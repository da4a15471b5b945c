use std::io::{self, Read};

use bytes::{Buf, Bytes, BytesMut};

/// The bytes that were read, but are not yet part of a record.
///
/// Records are cut off without a copy. Many records share one allocation, which lives as long as
/// any of them. The allocations are small for this reason.
#[derive(Debug, Default)]
pub(crate) struct ReadBuffer {
    bytes: BytesMut,
}

/// The size of an allocation in bytes, unless a record is longer.
const CHUNK: usize = 128 * 1024;

/// The least free capacity before a read, in bytes.
const LEAST_ROOM: usize = 16 * 1024;

impl ReadBuffer {
    /// Returns the bytes.
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the number of the bytes.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Appends the bytes of one read. Returns `false` at the end of the content.
    ///
    /// # Errors
    ///
    /// The reader's errors, except interruptions, after which the read is repeated.
    pub(crate) fn fill(&mut self, reader: &mut impl Read) -> io::Result<bool> {
        let filled = self.bytes.len();
        if self.bytes.capacity() - filled < LEAST_ROOM {
            // The bytes of a long record move with each allocation, so the allocations double.
            self.bytes.reserve(CHUNK.max(filled));
        }
        self.bytes.resize(self.bytes.capacity().min(filled + CHUNK), 0);
        let read = loop {
            match reader.read(&mut self.bytes[filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        self.bytes.truncate(filled + read.as_ref().unwrap_or(&0));
        Ok(read? > 0)
    }

    /// Cuts off this many bytes from the front, or all bytes of a shorter buffer.
    pub(crate) fn take(&mut self, length: usize) -> Bytes {
        self.bytes.split_to(length.min(self.bytes.len())).freeze()
    }

    /// Discards this many bytes from the front, or all bytes of a shorter buffer.
    pub(crate) fn skip(&mut self, length: usize) {
        self.bytes.advance(length.min(self.bytes.len()));
    }

    /// Discards all bytes.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
    }

    #[cfg(test)]
    pub(crate) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::piece_queue::PieceQueue;
    #[test]
    fn records_share_an_allocation_even_if_reads_are_short() {
        let mut queue = PieceQueue::default();
        for _ in 0..100 {
            queue.push(Bytes::from_static(&[b'a'; 10]));
        }
        queue.close();
        let mut buffer = ReadBuffer::default();
        let mut records = Vec::new();
        while buffer.fill(&mut queue).unwrap() {
            records.push(buffer.take(10));
        }
        assert_eq!(records.len(), 100);
        let first = records[0].as_ptr() as usize;
        assert!(records.iter().enumerate().all(|(at, it)| it.as_ptr() as usize == first + 10 * at));
    }
}
