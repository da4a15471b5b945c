use std::str;

use memchr::memmem;

/// The replacement character in UTF-8, which stands for bytes that cannot be decoded.
const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

/// Returns the offset of a part in a text, in any case of its ASCII letters: a function may write text
/// in capitals.
pub(super) fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    memmem::find(&text.to_ascii_lowercase(), &part.to_ascii_lowercase())
}

/// Returns the offset of the replacement character in an output for a payload that is not UTF-8 and does
/// not have it.
pub(super) fn find_replacement(output: &[u8], payload: &[u8]) -> Option<usize> {
    let replaced =
        |text: &[u8]| memmem::find(text, REPLACEMENT).or_else(|| memmem::find(text, br"\ufffd"));
    let is_text = str::from_utf8(payload).is_ok();
    if is_text || replaced(payload).is_some() { None } else { replaced(output) }
}

/// Returns `true` if an output has no content.
pub(super) fn is_blank(output: &[u8]) -> bool {
    matches!(output.trim_ascii(), b"" | b"\"\"" | b"null" | b"undefined")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_found() {
        assert_eq!(find("a ZQÃ©QZ b".as_bytes(), "zqÃ©qz".as_bytes()), Some(2));
        assert_eq!(find(b"zqeqz", "zqéqz".as_bytes()), None);
        // Bytes that are not UTF-8, and that are kept, are not replaced.
        assert_eq!(find(b"zq\xffqz", "zq\u{fffd}qz".as_bytes()), None);
        assert_eq!(find_replacement("a\u{fffd}".as_bytes(), b"a\xff"), Some(1));
        assert_eq!(find_replacement(br#""a\ufffd""#, b"a\xff"), Some(2));
        assert_eq!(find_replacement(b"a", b"a\xff"), None);
        assert_eq!(find_replacement("a\u{fffd}".as_bytes(), "a\u{fffd}".as_bytes()), None);
        assert!(is_blank(b"\n") && is_blank(b"null\n") && !is_blank(b"{}"));
    }
}
