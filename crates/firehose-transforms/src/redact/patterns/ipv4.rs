use std::ops::Range;

use crate::redact::patterns::boundary::{before, digits_end, is_word};

/// Finds IPv4 addresses.
pub(crate) fn find(text: &str, found: &mut dyn FnMut(Range<usize>)) {
    let text = text.as_bytes();
    let mut at = 0;
    while let Some(length) = text[at..].iter().position(u8::is_ascii_digit) {
        let start = at + length;
        let (parts, octets, end) = dotted_numbers(text, start);
        let touches_word = before(text, start).is_some_and(is_word)
            || text.get(end).is_some_and(|byte| is_word(*byte));
        if parts == 4 && octets == 4 && !touches_word {
            found(start..end);
        }
        at = end;
    }
}

/// Returns the end of the IPv4 address that begins at an offset.
pub(crate) fn address_end(text: &[u8], start: usize) -> Option<usize> {
    let (parts, octets, end) = dotted_numbers(text, start);
    (parts == 4 && octets == 4).then_some(end)
}

/// Reads decimal numbers with single points between them. Returns the count of numbers, the count of
/// numbers up to 255, and the end of the last number.
fn dotted_numbers(text: &[u8], start: usize) -> (usize, usize, usize) {
    let (mut parts, mut octets, mut at) = (0, 0, start);
    loop {
        let end = digits_end(text, at);
        let digits = str::from_utf8(&text[at..end]).unwrap_or_default();
        parts += 1;
        octets += usize::from(digits.len() <= 3 && digits.parse::<u8>().is_ok());
        let is_joined =
            text.get(end) == Some(&b'.') && text.get(end + 1).is_some_and(u8::is_ascii_digit);
        if !is_joined {
            return (parts, octets, end);
        }
        at = end + 1;
    }
}
