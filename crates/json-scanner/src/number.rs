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
    // Count the digits of eight bytes at a time, without a branch for each.
    loop {
        let Some(word) = rest.get(length..).and_then(<[u8]>::first_chunk::<8>) else {
            while rest.get(length).is_some_and(u8::is_ascii_digit) {
                length += 1;
            }
            break;
        };
        let digits = leading_digits(u64::from_le_bytes(*word));
        length += digits;
        if digits < word.len() {
            break;
        }
    }
    if length == 0 { Err(JsonSyntaxError::new("a digit", start)) } else { Ok(start + length) }
}

/// Returns the number of digits before the first other byte, from the lowest byte on.
///
/// A byte is a digit exactly if its upper half is 3 and stays 3 after adding 6 to the byte. The carry
/// of an addition changes bytes after another byte alone.
#[inline]
fn leading_digits(word: u64) -> usize {
    let not_3 = |word: u64| (word & 0xf0f0_f0f0_f0f0_f0f0) ^ 0x3030_3030_3030_3030;
    let others = not_3(word) | not_3(word.wrapping_add(0x0606_0606_0606_0606));
    others.trailing_zeros() as usize / 8
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
                let expected = if byte.is_ascii_digit() { 8 } else { position };
                let found = leading_digits(u64::from_le_bytes(word));
                assert_eq!(found, expected, "byte {byte} at {position}");
            }
        }
    }
}
