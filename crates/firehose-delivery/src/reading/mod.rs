//! Bounded reading of files and objects: gzip, lines, and memory that many records share.
//!
//! Inputs are read on a thread that may block. Error objects come from a store in pieces, which a
//! [`PieceQueue`] passes to the same code. A read from an empty queue fails with
//! [`std::io::ErrorKind::WouldBlock`].

mod line_reader;
mod piece_queue;
mod read_buffer;
mod unpacking_reader;
mod whole;

pub(crate) use line_reader::{Line, LineReader};
pub(crate) use piece_queue::PieceQueue;
pub(crate) use read_buffer::ReadBuffer;
pub(crate) use unpacking_reader::UnpackingReader;
pub(crate) use whole::{BYTE_ORDER_MARK, read_at_most};
