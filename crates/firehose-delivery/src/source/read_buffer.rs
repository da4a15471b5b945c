use bytes::{Buf, Bytes, BytesMut};

use super::{InputError, file::InputFile};

/// What was read of a file and is in no record yet.
///
/// Records are cut off without a copy: many share one allocation, which lives as long as one of
/// them does. So it is a small one.
#[derive(Debug, Default)]
pub(super) struct ReadBuffer {
    bytes: BytesMut,
}

/// How much is allocated at a time, for records that are shorter.
const CHUNK: usize = 128 * 1024;

/// With less room than this, a read is not worth it.
const LEAST_ROOM: usize = 16 * 1024;

impl ReadBuffer {
    pub(super) fn as_slice(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Reads more, as much as there is at once; says whether the file goes on.
    pub(super) fn fill(&mut self, file: &mut InputFile) -> Result<bool, InputError> {
        let filled = self.bytes.len();
        if self.bytes.capacity() - filled < LEAST_ROOM {
            // What is there moves, so a long record makes for long moves that are few.
            self.bytes.reserve(CHUNK.max(filled));
        }
        self.bytes.resize(self.bytes.capacity().min(filled + CHUNK), 0);
        let read = file.read(&mut self.bytes[filled..]);
        self.bytes.truncate(filled + read.as_ref().unwrap_or(&0));
        Ok(read? > 0)
    }

    /// Cuts off as many bytes from the front, or all if there are fewer.
    pub(super) fn take(&mut self, length: usize) -> Bytes {
        self.bytes.split_to(length.min(self.bytes.len())).freeze()
    }

    /// Passes over as many bytes, or all if there are fewer.
    pub(super) fn skip(&mut self, length: usize) {
        self.bytes.advance(length.min(self.bytes.len()));
    }

    /// Lets go of all that is there.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::file::tests::in_pieces;

    #[test]
    fn records_share_an_allocation_and_a_slow_file_needs_no_more_of_them() {
        let mut file = in_pieces(&[b'a'; 1000], &[10]);
        let mut buffer = ReadBuffer::default();
        let mut records = Vec::new();
        while buffer.fill(&mut file).unwrap() {
            records.push(buffer.take(10));
        }
        assert_eq!(records.len(), 100);
        let first = records[0].as_ptr() as usize;
        assert!(records.iter().enumerate().all(|(at, it)| it.as_ptr() as usize == first + 10 * at));
    }
}
