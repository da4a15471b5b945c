//! Checks of the characters before and after a match.

/// Returns `true` for word characters: ASCII letters, digits and `_`.
pub(crate) fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}

/// Returns the byte before an offset.
pub(crate) fn before(text: &[u8], at: usize) -> Option<u8> {
    at.checked_sub(1).and_then(|at| text.get(at)).copied()
}

/// Returns `true` if no word character touches the range.
pub(crate) fn is_separate(text: &[u8], start: usize, end: usize) -> bool {
    !before(text, start).is_some_and(is_word) && !text.get(end).copied().is_some_and(is_word)
}

/// Returns `true` if one of the characters `joints` joins the start of a match to a digit before it, as
/// the point in `0.5`.
pub(crate) fn follows_digit(text: &[u8], start: usize, joints: &[u8]) -> bool {
    let is_joined = before(text, start).is_some_and(|byte| joints.contains(&byte));
    is_joined && before(text, start - 1).is_some_and(|byte| byte.is_ascii_digit())
}

/// Returns `true` if a point joins the end of a match to a digit after it.
pub(crate) fn precedes_digit(text: &[u8], end: usize) -> bool {
    text.get(end) == Some(&b'.') && text.get(end + 1).is_some_and(u8::is_ascii_digit)
}

/// Returns the offset after the digits that begin at an offset.
pub(crate) fn digits_end(text: &[u8], start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    start + rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
}
