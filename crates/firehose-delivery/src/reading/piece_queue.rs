use std::{
    collections::VecDeque,
    io::{self, Read},
};

use bytes::{Buf, Bytes};

/// A reader of the pieces that were pushed. The caller pushes pieces and reads in turn.
///
/// While the queue is empty and open, a read fails with [`io::ErrorKind::WouldBlock`].
#[derive(Debug, Default)]
pub(crate) struct PieceQueue {
    pieces: VecDeque<Bytes>,
    is_closed: bool,
}

impl PieceQueue {
    /// Adds the next piece of the content.
    pub(crate) fn push(&mut self, piece: Bytes) {
        self.pieces.push_back(piece);
    }

    /// Ends the content after the pieces that were pushed.
    pub(crate) fn close(&mut self) {
        self.is_closed = true;
    }
}

impl Read for PieceQueue {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(piece) = self.pieces.front_mut() {
            if piece.is_empty() {
                self.pieces.pop_front();
                continue;
            }
            let length = piece.len().min(buffer.len());
            piece.copy_to_slice(&mut buffer[..length]);
            return Ok(length);
        }
        if self.is_closed { Ok(0) } else { Err(io::ErrorKind::WouldBlock.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_read_in_order_and_an_open_queue_does_not_end() {
        let mut queue = PieceQueue::default();
        let mut buffer = [0; 2];
        assert_eq!(queue.read(&mut buffer).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        queue.push(Bytes::from_static(b"abc"));
        queue.push(Bytes::new());
        queue.push(Bytes::from_static(b"d"));
        let mut read = || queue.read(&mut buffer).map(|length| buffer[..length].to_vec());
        assert_eq!(read().unwrap(), b"ab");
        assert_eq!(read().unwrap(), b"c");
        assert_eq!(read().unwrap(), b"d");
        assert_eq!(read().unwrap_err().kind(), io::ErrorKind::WouldBlock);
        queue.close();
        assert_eq!(queue.read(&mut buffer).unwrap(), 0);
    }
}
