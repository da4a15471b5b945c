/// Appends text as JSON, which cannot fail.
pub(super) fn push_string(event: &mut Vec<u8>, text: &str) {
    if is_plain(text) {
        event.push(b'"');
        event.extend_from_slice(text.as_bytes());
        event.push(b'"');
    } else {
        let _ = serde_json::to_writer(event, text);
    }
}

/// Returns the length of text as JSON, in bytes.
pub(super) fn string_len(text: &str) -> usize {
    if is_plain(text) {
        return text.len() + 2;
    }
    serde_json::to_string(text).map_or(0, |json| json.len())
}

/// Returns `true` if the text needs no escape in JSON. Ids and most keys need none.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\')
}

/// Appends an integer as JSON.
pub(super) fn push_integer(event: &mut Vec<u8>, integer: impl serde::Serialize) {
    let _ = serde_json::to_writer(event, &integer);
}

/// Returns the length of an integer as JSON, in bytes.
pub(super) fn integer_len(integer: impl TryInto<i128>) -> usize {
    let integer = integer.try_into().unwrap_or_default();
    let digits = integer.unsigned_abs().checked_ilog10().unwrap_or(0) as usize + 1;
    usize::from(integer < 0) + digits
}
