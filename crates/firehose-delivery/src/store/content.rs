use std::io::{self, Write};

use bytes::{Buf, BytesMut};
use flate2::write::MultiGzDecoder;

/// Splits what an object has in it into lines, unpacking gzip, which it knows by its first two
/// bytes.
///
/// It holds one line and what one piece unpacks to, at most 1,032 times its length.
pub(super) struct Content {
    packing: Packing,
    max_line: usize,
}

enum Packing {
    /// Fewer than two bytes have come.
    Unknown(Lines),
    Plain(Lines),
    Gzip(Box<MultiGzDecoder<Lines>>),
}

/// A line, and its number from 1 on.
pub(super) struct Line {
    pub(super) number: u64,
    /// `None` for a line that is longer than allowed.
    pub(super) text: Option<Vec<u8>>,
}

impl Content {
    /// Longer pieces are to be pushed bit by bit.
    pub(super) const MAX_PIECE: usize = 4096;

    pub(super) fn new(max_line: usize) -> Self {
        Self { packing: Packing::Unknown(Lines::new(max_line)), max_line }
    }

    /// Takes the next piece of the object.
    pub(super) fn push(&mut self, piece: &[u8]) -> io::Result<()> {
        let first = match &mut self.packing {
            Packing::Plain(lines) => return lines.write_all(piece),
            Packing::Gzip(lines) => return lines.write_all(piece),
            Packing::Unknown(lines) => {
                lines.write_all(piece)?;
                if lines.buffer.len() < 2 {
                    return Ok(());
                }
                std::mem::replace(lines, Lines::new(self.max_line))
            }
        };
        if first.buffer.starts_with(&[0x1f, 0x8b]) {
            let mut lines = Box::new(MultiGzDecoder::new(Lines::new(self.max_line)));
            let written = lines.write_all(&first.buffer);
            self.packing = Packing::Gzip(lines);
            written
        } else {
            self.packing = Packing::Plain(first);
            Ok(())
        }
    }

    /// Says that the object ends here.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        match &mut self.packing {
            Packing::Unknown(lines) | Packing::Plain(lines) => lines.is_last = true,
            Packing::Gzip(lines) => {
                lines.try_finish()?;
                lines.get_mut().is_last = true;
            }
        }
        Ok(())
    }

    /// The next line of what has been pushed; empty ones are left out.
    pub(super) fn next_line(&mut self) -> Option<Line> {
        match &mut self.packing {
            Packing::Unknown(lines) if !lines.is_last => None,
            Packing::Unknown(lines) | Packing::Plain(lines) => lines.next(),
            Packing::Gzip(lines) => lines.get_mut().next(),
        }
    }
}

struct Lines {
    buffer: BytesMut,
    max: usize,
    /// So many bytes of the buffer have no newline in them.
    searched: usize,
    /// Lines so far.
    number: u64,
    /// The start of the line was thrown away.
    is_too_long: bool,
    /// What is in the buffer is all there is.
    is_last: bool,
}

impl Lines {
    fn new(max: usize) -> Self {
        let buffer = BytesMut::new();
        Self { buffer, max, searched: 0, number: 0, is_too_long: false, is_last: false }
    }

    fn next(&mut self) -> Option<Line> {
        loop {
            let found = self.buffer[self.searched..].iter().position(|byte| *byte == b'\n');
            let (length, skipped) = match found {
                Some(position) => (self.searched + position, 1),
                None if self.buffer.len() > self.max => {
                    self.is_too_long = true;
                    self.buffer.clear();
                    self.searched = 0;
                    return None;
                }
                None if self.is_last && (self.is_too_long || !self.buffer.is_empty()) => {
                    (self.buffer.len(), 0)
                }
                None => {
                    self.searched = self.buffer.len();
                    return None;
                }
            };
            self.number += 1;
            self.searched = 0;
            let line = &self.buffer[..length];
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let line = match line.strip_prefix(b"\xef\xbb\xbf") {
                // A byte order mark, which editors write.
                Some(rest) if self.number == 1 => rest,
                _ => line,
            };
            let is_too_long = std::mem::take(&mut self.is_too_long) || line.len() > self.max;
            let text = (!is_too_long).then(|| line.to_vec());
            self.buffer.advance(length + skipped);
            if text.as_ref().is_none_or(|text| !text.is_empty()) {
                return Some(Line { number: self.number, text });
            }
        }
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    /// The lines of content that comes in pieces of such a size, and how it ends.
    fn lines(content: &[u8], piece: usize, max: usize) -> (Vec<String>, io::Result<()>) {
        let mut lines = Vec::new();
        let mut reader = Content::new(max);
        let mut pieces = content.chunks(piece);
        loop {
            let piece = pieces.next();
            let taken = match piece {
                Some(piece) => reader.push(piece),
                None => reader.finish(),
            };
            while let Some(Line { number, text }) = reader.next_line() {
                let text = text.map_or("too long".to_owned(), |it| String::from_utf8(it).unwrap());
                lines.push(format!("{number}:{text}"));
            }
            if piece.is_none() || taken.is_err() {
                return (lines, taken);
            }
        }
    }

    #[test]
    fn lines_are_numbered_and_empty_ones_left_out() {
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
    fn a_line_that_is_too_long_costs_only_itself() {
        for piece in [1, 3, 100] {
            let (lines, end) = lines(b"12345678\n123456789\nab\n123456789012", piece, 8);
            assert_eq!(lines, ["1:12345678", "2:too long", "3:ab", "4:too long"]);
            end.unwrap();
        }
    }

    #[test]
    fn damaged_gzip_is_an_error_after_the_lines_before_it() {
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
    fn what_unpacks_to_a_thousandfold_is_not_held() {
        let bomb = gzip(&vec![b'x'; 64 << 20]);
        let mut content = Content::new(1 << 20);
        let mut most = 0;
        for piece in bomb.chunks(Content::MAX_PIECE) {
            content.push(piece).unwrap();
            if let Packing::Gzip(lines) = &content.packing {
                most = most.max(lines.get_ref().buffer.len());
            }
            assert!(content.next_line().is_none());
        }
        assert!(most < 6 << 20, "{most}");
        content.finish().unwrap();
        assert!(content.next_line().is_some_and(|line| line.text.is_none()));
    }
}
