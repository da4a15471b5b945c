use std::ops::Range;

use crate::redact::patterns::boundary::{before, digits_end, follows_digit, is_separate, is_word};

/// Finds phone numbers: international numbers with `+` and a country code, and North American numbers.
pub(crate) fn find(text: &str, found: &mut dyn FnMut(Range<usize>)) {
    let text = text.as_bytes();
    let mut at = 0;
    let is_start = |byte: &u8| matches!(byte, b'+' | b'(') || byte.is_ascii_digit();
    while let Some(length) = text[at..].iter().position(is_start) {
        let start = at + length;
        let end = match text[start] {
            b'+' => international_end(text, start),
            _ => north_american_end(text, start),
        };
        at = match end {
            Some(end) => {
                found(start..end);
                end
            }
            None => digits_end(text, start + 1),
        };
    }
}

/// Returns the end of a number such as `+49 (30) 901820`, of 8 to 15 digits
/// ([E.164](https://www.itu.int/rec/T-REC-E.164/)).
fn international_end(text: &[u8], start: usize) -> Option<usize> {
    let has_country = matches!(text.get(start + 1), Some(b'1'..=b'9'));
    if !has_country || before(text, start).is_some_and(is_word) {
        return None;
    }
    let mut at = start + 1;
    let mut digits = 0;
    let mut end = None;
    loop {
        let group_end = digits_end(text, at);
        digits += group_end - at;
        if group_end == at || digits > 15 {
            return end;
        }
        at = group_end;
        if digits >= 8 && !text.get(at).is_some_and(|byte| is_word(*byte)) {
            end = Some(at);
        }
        // At most three separators, such as `) ` in `+1 (555) 0100`.
        let is_separator = |byte: &&u8| matches!(byte, b' ' | b'-' | b'.' | b'(' | b')' | b'/');
        at += text[at..].iter().take(3).take_while(is_separator).count();
    }
}

/// Returns the end of a number such as `(212) 555-0100`, `212.555.0100` or `1-212-555-0100`.
fn north_american_end(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    if text[at] == b'1' && matches!(text.get(at + 1), Some(b' ' | b'-' | b'.')) {
        at += 2;
    }
    if text.get(at) == Some(&b'(') {
        at = group_end(text, at + 1, 3)?;
        let is_closed = text.get(at) == Some(&b')');
        at += if is_closed { 1 } else { return None };
        at += usize::from(matches!(text.get(at), Some(b' ' | b'-')));
    } else {
        at = separator_end(text, group_end(text, at, 3)?)?;
    }
    let end = group_end(text, separator_end(text, group_end(text, at, 3)?)?, 4)?;
    let is_number = is_separate(text, start, end) && !follows_digit(text, start, b".-");
    is_number.then_some(end)
}

/// Returns the end of a group of exactly this number of digits.
///
/// A group of three digits is an area code or an exchange code, which begins with 2 to 9.
fn group_end(text: &[u8], start: usize, length: usize) -> Option<usize> {
    let is_valid_start = length == 4 || matches!(text.get(start), Some(b'2'..=b'9'));
    let end = start
        + text.get(start..)?.iter().take(length + 1).take_while(|it| it.is_ascii_digit()).count();
    (is_valid_start && end - start == length).then_some(end)
}

fn separator_end(text: &[u8], at: usize) -> Option<usize> {
    matches!(text.get(at), Some(b' ' | b'-' | b'.')).then_some(at + 1)
}
