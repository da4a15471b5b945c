//! A search for the end of a JSON string.

use crate::syntax_error::JsonSyntaxError;

/// Returns the offset of the closing quote, and true if the string contains an escape.
///
/// `start` is the offset after the opening quote.
#[inline]
pub(crate) fn closing_quote(text: &[u8], start: usize) -> Result<(usize, bool), JsonSyntaxError> {
    let at = find_special(text, start);
    if text.get(at) == Some(&b'"') { Ok((at, false)) } else { closing_quote_from_special(text, at) }
}

/// Returns the same as [`closing_quote`], for the offset `at` of the string's first special byte.
fn closing_quote_from_special(
    text: &[u8],
    mut at: usize,
) -> Result<(usize, bool), JsonSyntaxError> {
    let mut escaped = false;
    loop {
        match text.get(at) {
            Some(b'"') => return Ok((at, escaped)),
            Some(b'\\') => {
                escaped = true;
                at = find_special(text, escape_end(text, at)?);
            }
            Some(_) => return Err(JsonSyntaxError::new("no control character in a string", at)),
            None => return Err(JsonSyntaxError::new("a closing `\"`", at)),
        }
    }
}

/// Returns the offset of the first special byte from `at` on, or the length of the text. Special
/// bytes are quotes, backslashes and control characters.
///
/// Most names have fewer than 8 bytes, so the first word is searched alone. Ids and quoted numbers are
/// short, so the next 96 bytes are searched in chunks. `memchr` searches the rest, since it is faster
/// per byte but takes longer to start.
#[inline]
fn find_special(text: &[u8], mut at: usize) -> usize {
    if let Some(word) = text.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let bits = special_bits(u64::from_le_bytes(*word));
        if bits != 0 {
            return at + bits.trailing_zeros() as usize / 8;
        }
        at += word.len();
    }
    for _ in 0..3 {
        let Some(chunk) = text.get(at..).and_then(<[u8]>::first_chunk::<32>) else {
            let rest = text.get(at..).unwrap_or_default();
            return at + rest.iter().position(|&byte| !is_plain(byte)).unwrap_or(rest.len());
        };
        // The loop has no branch, so that the compiler can compare all bytes at once.
        if chunk.iter().fold(false, |found, &byte| found | !is_plain(byte)) {
            return at + find_special_in_chunk(chunk);
        }
        at += chunk.len();
    }
    find_special_in_pages(text, at)
}

/// Returns the offset of the first special byte of a chunk that contains one.
#[inline]
fn find_special_in_chunk(chunk: &[u8; 32]) -> usize {
    let words = chunk.as_chunks::<8>().0.iter();
    for (index, word) in words.enumerate() {
        let bits = special_bits(u64::from_le_bytes(*word));
        if bits != 0 {
            return 8 * index + bits.trailing_zeros() as usize / 8;
        }
    }
    chunk.len()
}

/// Does the same as [`find_special`], for long texts.
///
/// Searches each page twice: first for a quote or a backslash, and then for a control character
/// before it. A page is small, so that it is still in the cache for the second search.
fn find_special_in_pages(text: &[u8], mut at: usize) -> usize {
    for page in text.get(at..).unwrap_or_default().chunks(4096) {
        let end = memchr::memchr2(b'"', b'\\', page).unwrap_or(page.len());
        let before = &page[..end];
        if before.iter().fold(false, |found, &byte| found | (byte < 0x20)) {
            return at + before.iter().position(|&byte| byte < 0x20).unwrap_or_default();
        }
        at += end;
        if end < page.len() {
            break;
        }
    }
    at
}

#[inline]
fn is_plain(byte: u8) -> bool {
    // `&` avoids the branches of `&&`.
    (byte != b'"') & (byte != b'\\') & (byte >= 0x20)
}

/// Returns a word with the top bit set in each byte that is special.
///
/// The lowest set bit is always correct. A higher bit may be set for an ordinary byte.
#[inline]
fn special_bits(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word;
    let below_space = word.wrapping_sub(ONES * 0x20) & !word;
    (zeros(word ^ (ONES * b'"' as u64)) | zeros(word ^ (ONES * b'\\' as u64)) | below_space)
        & (ONES * 0x80)
}

/// Returns the offset after the escape at `at`.
fn escape_end(text: &[u8], at: usize) -> Result<usize, JsonSyntaxError> {
    let is_hex = |offset: usize| text.get(at + offset).is_some_and(u8::is_ascii_hexdigit);
    match text.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') if (2..6).all(is_hex) => Ok(at + 6),
        _ => Err(JsonSyntaxError::new("a valid escape", at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_special_byte_at_every_position() {
        for length in [0_usize, 1, 7, 8, 31, 32, 33, 40, 64, 95, 96, 97, 104, 140, 4300] {
            for position in 0..length {
                // In the longest text, test only the positions around the end of the first page.
                if length > 4096 && position.abs_diff(8 + 96 + 4096) > 2 {
                    continue;
                }
                for byte in 0..=u8::MAX {
                    let mut text = vec![b'x'; length];
                    text[position] = byte;
                    let expected = if is_plain(byte) { length } else { position };
                    assert_eq!(
                        find_special(&text, 0),
                        expected,
                        "{byte} at {position} of {length}"
                    );
                }
            }
        }
    }
}
