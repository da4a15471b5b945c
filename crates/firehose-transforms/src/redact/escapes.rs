//! JSON escapes in a text, which is JSON or has JSON in it.

use std::{borrow::Cow, ops::Range};

use crate::json_escape::decode_escape;

/// The byte that hides the letters of an escape. No built-in detector has it in a match.
const HIDDEN: u8 = b'\\';

/// Returns a text of the same length in which the letters and digits of every escape are hidden.
///
/// So the `n` of `\n4111...` does not touch the number, and is not a part of the name in `\nana@...`. A
/// letter after several backslashes is hidden, too, because JSON in a string of JSON escapes them again.
pub(super) fn with_hidden_escapes(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut hidden = Vec::new();
    for at in memchr::memchr_iter(b'\\', bytes) {
        let start = at + 1;
        let length = match bytes.get(start) {
            Some(b'b' | b'f' | b'n' | b'r' | b't' | b'/') => 1,
            Some(b'u') if has_hex_digits(bytes, start + 1) => 5,
            _ => continue,
        };
        if hidden.is_empty() {
            hidden.extend_from_slice(bytes);
        }
        hidden[start..start + length].fill(HIDDEN);
    }
    if hidden.is_empty() {
        return Cow::Borrowed(text);
    }
    String::from_utf8(hidden).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// A text with its JSON escapes decoded once.
#[derive(Debug)]
pub(super) struct DecodedEscapes {
    pub(super) text: String,
    escapes: Vec<Escape>,
}

#[derive(Debug)]
struct Escape {
    /// The range in the original text.
    start: usize,
    end: usize,
    /// The end of the character in the decoded text.
    decoded_end: usize,
}

impl DecodedEscapes {
    /// Decodes the escapes of a text. Returns `None` if the text has none. Backslashes that begin no
    /// escape stay.
    pub(super) fn of(text: &str) -> Option<Self> {
        let mut decoded = String::new();
        let mut escapes = Vec::new();
        let (mut copied, mut at) = (0, 0);
        while let Some(length) = memchr::memchr(b'\\', &text.as_bytes()[at..]) {
            let start = at + length;
            if !is_escape(text.as_bytes(), start) {
                at = start + 1;
                continue;
            }
            decoded.push_str(&text[copied..start]);
            let (character, length) = decode_escape(&text[start..]);
            decoded.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
            (at, copied) = (start + length, start + length);
            escapes.push(Escape { start, end: at, decoded_end: decoded.len() });
        }
        if escapes.is_empty() {
            return None;
        }
        decoded.push_str(&text[copied..]);
        Some(Self { text: decoded, escapes })
    }

    /// Converts a range in the decoded text to the range in the original text.
    pub(super) fn original(&self, range: Range<usize>) -> Range<usize> {
        self.original_offset(range.start)..self.original_offset(range.end)
    }

    fn original_offset(&self, offset: usize) -> usize {
        let later = self.escapes.partition_point(|escape| escape.decoded_end <= offset);
        match later.checked_sub(1).and_then(|last| self.escapes.get(last)) {
            None => offset,
            Some(escape) => escape.end + (offset - escape.decoded_end),
        }
    }

    /// Extends a range in the original text so that it has no part of an escape.
    pub(super) fn with_whole_escapes(&self, range: Range<usize>) -> Range<usize> {
        let around = |at: usize| {
            let index = self.escapes.partition_point(|escape| escape.end <= at);
            self.escapes.get(index).filter(|escape| escape.start < at)
        };
        let start = around(range.start).map_or(range.start, |escape| escape.start);
        let end = around(range.end).map_or(range.end, |escape| escape.end);
        start..end
    }
}

/// Returns `true` if a JSON escape begins at the backslash at an offset.
fn is_escape(text: &[u8], at: usize) -> bool {
    match text.get(at + 1) {
        Some(b'b' | b'f' | b'n' | b'r' | b't' | b'"' | b'\\' | b'/') => true,
        Some(b'u') => has_hex_digits(text, at + 2),
        _ => false,
    }
}

fn has_hex_digits(text: &[u8], start: usize) -> bool {
    text.get(start..start + 4).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_escapes_are_hidden() {
        for (text, expected) in [
            ("a\\nb", "a\\\\b"),
            ("\\\\n1", "\\\\\\1"),
            ("\\u00e9x", "\\\\\\\\\\\\x"),
            ("\\u00gx \\u00 \\a \\\"é \\", "\\u00gx \\u00 \\a \\\"é \\"),
            ("é", "é"),
        ] {
            assert_eq!(with_hidden_escapes(text), expected, "{text}");
        }
    }

    #[test]
    fn escapes_are_decoded_and_offsets_are_converted() {
        let text = "a\\u00e9\\ud83d\\ude00\\/\\d\\";
        let decoded = DecodedEscapes::of(text).unwrap();
        assert_eq!(decoded.text, "aé😀/\\d\\");
        assert_eq!(decoded.original(0..1), 0..1);
        assert_eq!(decoded.original(1..3), 1..7);
        assert_eq!(decoded.original(3..7), 7..19);
        assert_eq!(decoded.original(8..11), 21..24);
        assert_eq!(decoded.with_whole_escapes(2..8), 1..19);
        assert_eq!(decoded.with_whole_escapes(1..7), 1..7);
        assert_eq!(decoded.with_whole_escapes(20..24), 19..24);
        assert!(DecodedEscapes::of("\\d \\é \\u00é0 \\").is_none());
    }
}
