//! Escapes of JSON strings.

/// Returns the character of the escape at the start of a text, and the length of the escape in bytes.
///
/// The text is a part of a valid JSON string. Returns no character for half of a surrogate pair.
pub(crate) fn decode_escape(text: &str) -> (Option<char>, usize) {
    let character = match text.as_bytes().get(1) {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return decode_unicode(text),
        Some(&byte) => byte.into(),
        None => return (None, text.len()),
    };
    (Some(character), 2)
}

fn decode_unicode(text: &str) -> (Option<char>, usize) {
    let unit = |start: usize| {
        let digits = text.get(start..)?.strip_prefix("\\u")?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    let units = [unit(0), unit(6)].into_iter().map_while(|unit| unit);
    match char::decode_utf16(units).next() {
        Some(Ok(character)) => (Some(character), 6 * character.len_utf16()),
        _ => (None, text.len().min(6)),
    }
}
