use std::io::{self, Chain, Cursor, Read};

use flate2::read::MultiGzDecoder;

/// A reader that unpacks gzip, with one or several members, and passes on other content unchanged.
///
/// Gzip is recognized by its first two bytes. No line of JSON or text begins with them, and a
/// length-prefixed record with these bytes in its length would be over half a gigabyte.
///
/// A read unpacks no more than its buffer takes. After [`io::ErrorKind::WouldBlock`] the next read
/// goes on at the same place.
#[derive(Debug)]
pub(crate) struct UnpackingReader<R> {
    state: State<R>,
}

#[derive(Debug)]
enum State<R> {
    /// The bytes that were read to recognize gzip, and the reader.
    Start(Vec<u8>, R),
    Plain(Started<R>),
    Gzip(Box<MultiGzDecoder<Started<R>>>),
    /// A placeholder during a change of the state.
    Empty,
}

/// A reader of the first bytes, and then of the rest.
type Started<R> = Chain<Cursor<Vec<u8>>, R>;

/// The first two bytes of gzip: <https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1>.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The bytes of the first read.
const FIRST_READ: usize = 8 * 1024;

impl<R: Read> UnpackingReader<R> {
    /// Returns a reader of this content. Nothing is read yet.
    pub(crate) fn new(reader: R) -> Self {
        Self { state: State::Start(Vec::new(), reader) }
    }

    /// Returns the reader of the content. Always `Some` between two calls.
    pub(crate) fn get_mut(&mut self) -> Option<&mut R> {
        match &mut self.state {
            State::Start(_, reader) => Some(reader),
            State::Plain(started) => Some(started.get_mut().1),
            State::Gzip(decoder) => Some(decoder.get_mut().get_mut().1),
            State::Empty => None,
        }
    }

    /// Recognizes the content by its first bytes. If the first byte is not that of gzip, does not
    /// read again, because a second read from a terminal would wait for more input.
    fn start(&mut self) -> io::Result<()> {
        let State::Start(first, reader) = &mut self.state else { return Ok(()) };
        while first.len() < GZIP.len() && GZIP.starts_with(first) {
            let filled = first.len();
            first.resize(FIRST_READ, 0);
            let read = reader.read(&mut first[filled..]);
            first.truncate(filled + read.as_ref().unwrap_or(&0));
            if read? == 0 {
                break;
            }
        }
        if let State::Start(first, reader) = std::mem::replace(&mut self.state, State::Empty) {
            let is_gzip = first.starts_with(&GZIP);
            let started = Cursor::new(first).chain(reader);
            self.state = match is_gzip {
                true => State::Gzip(Box::new(MultiGzDecoder::new(started))),
                false => State::Plain(started),
            };
        }
        Ok(())
    }
}

impl<R: Read> Read for UnpackingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.start()?;
        match &mut self.state {
            State::Plain(reader) => reader.read(buffer),
            State::Gzip(reader) => reader.read(buffer),
            State::Start(..) | State::Empty => Ok(0),
        }
    }
}
