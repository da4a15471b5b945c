//! Where a JSON string ends.

use super::JsonSyntaxError;

/// The offset of the closing quote of a string, `start` being the offset after the opening
/// one, and whether there is an escape in it.
#[inline]
pub(super) fn closing_quote(text: &[u8], start: usize) -> Result<(usize, bool), JsonSyntaxError> {
    let at = special(text, start);
    if text.get(at) == Some(&b'"') { Ok((at, false)) } else { after_special(text, at) }
}

fn after_special(text: &[u8], mut at: usize) -> Result<(usize, bool), JsonSyntaxError> {
    let mut escaped = false;
    loop {
        match text.get(at) {
            Some(b'"') => return Ok((at, escaped)),
            Some(b'\\') => {
                escaped = true;
                at = special(text, escape(text, at)?);
            }
            Some(_) => return Err(JsonSyntaxError::new("no control character in a string", at)),
            None => return Err(JsonSyntaxError::new("a `\"` that ends the string", at)),
        }
    }
}

/// The first byte from `at` on that is not simply a part of a string.
///
/// Names and numbers in quotes are short, so eight bytes at a time come first; what is longer
/// is searched by SIMD.
#[inline]
fn special(text: &[u8], mut at: usize) -> usize {
    for _ in 0..2 {
        let Some(word) = text.get(at..).and_then(<[u8]>::first_chunk::<8>) else {
            return at
                + text[at..].iter().position(|&byte| !is_plain(byte)).unwrap_or(text.len() - at);
        };
        let specials = specials(u64::from_le_bytes(*word));
        if specials != 0 {
            return at + specials.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    special_in_long(text, at)
}

fn special_in_long(text: &[u8], at: usize) -> usize {
    let end = memchr::memchr2(b'"', b'\\', &text[at..]).map_or(text.len(), |found| at + found);
    let long = &text[at..end];
    // Without a branch in it, the loop takes many bytes at once.
    if long.iter().fold(false, |control, &byte| control | (byte < 0x20)) {
        return at + long.iter().position(|&byte| byte < 0x20).unwrap_or_default();
    }
    end
}

fn is_plain(byte: u8) -> bool {
    byte != b'"' && byte != b'\\' && byte >= 0x20
}

/// Marks the top bit of each byte that is a quote, a backslash or a control character. What
/// stands above a marked byte may be marked wrongly; the lowest mark is right.
fn specials(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word;
    let below_space = word.wrapping_sub(ONES * 0x20) & !word;
    (zeros(word ^ (ONES * b'"' as u64)) | zeros(word ^ (ONES * b'\\' as u64)) | below_space)
        & (ONES * 0x80)
}

/// The offset after the escape at `at`.
fn escape(text: &[u8], at: usize) -> Result<usize, JsonSyntaxError> {
    let is_hex = |offset: usize| text.get(at + offset).is_some_and(u8::is_ascii_hexdigit);
    match text.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') if (2..6).all(is_hex) => Ok(at + 6),
        _ => Err(JsonSyntaxError::new("an escape that JSON has", at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_at_every_place_is_told_apart() {
        for length in 0..80 {
            for place in 0..length {
                for byte in 0..=u8::MAX {
                    let mut text = vec![b'x'; length];
                    text[place] = byte;
                    let expected = if is_plain(byte) { length } else { place };
                    assert_eq!(special(&text, 0), expected, "{byte} at {place} of {length}");
                }
            }
        }
    }
}
