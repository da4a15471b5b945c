//! A search for the end of a JSON number.

use crate::syntax_error::JsonSyntaxError;

/// Returns the offset after the number that starts at `at`.
pub(crate) fn number_end(text: &[u8], mut at: usize) -> Result<usize, JsonSyntaxError> {
    if text.get(at) == Some(&b'-') {
        at += 1;
    }
    at = match text.get(at) {
        Some(b'0') => at + 1,
        _ => digits_end(text, at)?,
    };
    if text.get(at) == Some(&b'.') {
        at = digits_end(text, at + 1)?;
    }
    if let Some(b'e' | b'E') = text.get(at) {
        at += 1;
        if let Some(b'+' | b'-') = text.get(at) {
            at += 1;
        }
        at = digits_end(text, at)?;
    }
    Ok(at)
}

/// Returns the offset after one or more digits.
#[inline]
fn digits_end(text: &[u8], start: usize) -> Result<usize, JsonSyntaxError> {
    let rest = text.get(start..).unwrap_or_default();
    let mut length = 0;
    // Check eight bytes at a time, since timestamps and ids have many digits.
    while let Some(word) = rest.get(length..).and_then(<[u8]>::first_chunk::<8>) {
        if !is_all_digits(u64::from_le_bytes(*word)) {
            break;
        }
        length += 8;
    }
    while rest.get(length).is_some_and(u8::is_ascii_digit) {
        length += 1;
    }
    if length == 0 { Err(JsonSyntaxError::new("a digit", start)) } else { Ok(start + length) }
}

/// Returns `true` if each of the eight bytes is a digit.
///
/// A byte is a digit exactly if its upper half is 3 and stays 3 after adding 6 to the byte.
#[inline]
fn is_all_digits(word: u64) -> bool {
    let upper_halves_are_3 = |word: u64| word & 0xf0f0_f0f0_f0f0_f0f0 == 0x3030_3030_3030_3030;
    upper_halves_are_3(word) && upper_halves_are_3(word.wrapping_add(0x0606_0606_0606_0606))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distinguishes_digits_from_all_other_bytes_at_every_position() {
        for position in 0..8 {
            for byte in 0..=u8::MAX {
                let mut word = *b"12345678";
                word[position] = byte;
                let expected = byte.is_ascii_digit();
                let found = is_all_digits(u64::from_le_bytes(word));
                assert_eq!(found, expected, "byte {byte} at {position}");
            }
        }
    }
}
