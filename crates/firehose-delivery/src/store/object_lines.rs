use std::io;

use bytes::Bytes;

use crate::reading::{BYTE_ORDER_MARK, Line, LineReader, PieceQueue, UnpackingReader};

/// The lines of an object that comes in pieces, packed by gzip or not.
///
/// Empty lines are left out, but counted. A carriage return before the newline and a byte order
/// mark at the start do not belong to a line.
#[derive(Debug)]
pub(super) struct ObjectLines {
    lines: LineReader<UnpackingReader<PieceQueue>>,
    /// The number of the last line, counted from 1 in the unpacked object.
    number: u64,
    max_line: usize,
}

/// A line of an object.
#[derive(Debug)]
pub(super) struct NumberedLine {
    /// The number of the line, counted from 1 in the unpacked object.
    pub(super) number: u64,
    /// The text; `None` for a line over the limit.
    pub(super) text: Option<Bytes>,
}

/// The bytes that a line may have besides its text: a byte order mark and a carriage return.
const BESIDE_TEXT: usize = BYTE_ORDER_MARK.len() + 1;

impl ObjectLines {
    /// Returns the lines of a new object, with a limit in bytes for the text of a line.
    pub(super) fn new(max_line: usize) -> Self {
        let object = UnpackingReader::new(PieceQueue::default());
        Self { lines: LineReader::new(object, max_line + BESIDE_TEXT), number: 0, max_line }
    }

    /// Takes the next piece of the object.
    pub(super) fn push(&mut self, piece: Bytes) {
        if let Some(pieces) = self.lines.get_mut().get_mut() {
            pieces.push(piece);
        }
    }

    /// Ends the object after the pieces that were pushed.
    pub(super) fn close(&mut self) {
        if let Some(pieces) = self.lines.get_mut().get_mut() {
            pieces.close();
        }
    }

    /// Returns the next line, or `None` after the last line.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::WouldBlock`] if the next line needs another piece or the end of the
    /// object. Any other error means that the packed content is damaged.
    pub(super) fn next_line(&mut self) -> io::Result<Option<NumberedLine>> {
        while let Some(line) = self.lines.next_line()? {
            self.number += 1;
            let text = match line {
                Line::Whole(line) => self.text(&line),
                Line::TooLong { .. } => None,
            };
            if text.as_ref().is_none_or(|text| !text.is_empty()) {
                return Ok(Some(NumberedLine { number: self.number, text }));
            }
        }
        Ok(None)
    }

    /// Returns the text of a line, if the text is within the limit.
    fn text(&self, line: &Bytes) -> Option<Bytes> {
        let text = line.strip_suffix(b"\r").unwrap_or(line);
        let text = match text.strip_prefix(BYTE_ORDER_MARK) {
            Some(rest) if self.number == 1 => rest,
            _ => text,
        };
        (text.len() <= self.max_line).then(|| line.slice_ref(text))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    /// Returns the lines of content in pieces of this size, and the result at their end.
    fn lines(content: &[u8], piece: usize, max: usize) -> (Vec<String>, io::Result<()>) {
        let mut lines = Vec::new();
        let mut object = ObjectLines::new(max);
        let mut pieces = content.chunks(piece);
        loop {
            match object.next_line() {
                Ok(None) => return (lines, Ok(())),
                Ok(Some(NumberedLine { number, text })) => {
                    let text = text.map(|text| String::from_utf8(text.to_vec()).unwrap());
                    lines.push(format!("{number}:{}", text.as_deref().unwrap_or("too long")));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => match pieces.next() {
                    Some(piece) => object.push(Bytes::copy_from_slice(piece)),
                    None => object.close(),
                },
                Err(error) => return (lines, Err(error)),
            }
        }
    }

    #[test]
    fn lines_are_numbered_and_empty_lines_are_left_out() {
        let text = b"\xef\xbb\xbfa\r\n\n\nbcd\ne";
        for content in
            [text.to_vec(), gzip(text), [gzip(b"\xef\xbb\xbfa\n\n\nb"), gzip(b"cd\ne\n")].concat()]
        {
            for piece in 1..=content.len() {
                let (lines, end) = lines(&content, piece, 8);
                assert_eq!(lines, ["1:a", "4:bcd", "5:e"], "in pieces of {piece}");
                end.unwrap();
            }
        }
        for (content, expected) in
            [("", None), ("a", Some("1:a")), ("\n", None), ("\n\u{1f}", Some("2:\u{1f}"))]
        {
            assert_eq!(lines(content.as_bytes(), 1, 8).0.first().map(String::as_str), expected);
        }
    }

    #[test]
    fn only_the_line_that_is_too_long_is_skipped() {
        for piece in [1, 3, 100] {
            let (lines, end) = lines(b"12345678\n123456789\nab\n123456789012", piece, 8);
            assert_eq!(lines, ["1:12345678", "2:too long", "3:ab", "4:too long"]);
            end.unwrap();
        }
    }

    #[test]
    fn damaged_gzip_is_an_error_after_the_earlier_lines() {
        let whole = gzip(b"a\nb\n");
        for length in 2..whole.len() {
            assert!(lines(&whole[..length], 4096, 8).1.is_err(), "cut at {length}");
        }
        let (found, end) = lines(&[&whole[..], b"no gzip"].concat(), 4096, 8);
        assert_eq!(found, ["1:a", "2:b"]);
        end.unwrap_err();
        let mut wrong = whole;
        let checksum = wrong.len() - 8;
        wrong[checksum] ^= 1;
        lines(&wrong, 4096, 8).1.unwrap_err();
    }

    #[test]
    fn a_gzip_bomb_takes_bounded_memory() {
        let bomb = gzip(&vec![b'x'; 64 << 20]);
        let mut object = ObjectLines::new(1 << 20);
        for piece in bomb.chunks(64 * 1024) {
            object.push(Bytes::copy_from_slice(piece));
            assert_eq!(object.next_line().unwrap_err().kind(), io::ErrorKind::WouldBlock);
        }
        let capacity = object.lines.buffer_capacity();
        assert!(capacity < 4 << 20, "{capacity}");
        object.close();
        let line = object.next_line().unwrap();
        assert!(line.is_some_and(|line| line.text.is_none()));
        assert!(object.next_line().unwrap().is_none());
    }
}
