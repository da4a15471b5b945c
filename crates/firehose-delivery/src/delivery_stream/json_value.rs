/// Writes text as JSON: nothing in it can fail, nor can the buffer.
pub(super) fn push_string(event: &mut Vec<u8>, text: &str) {
    if is_plain(text) {
        event.push(b'"');
        event.extend_from_slice(text.as_bytes());
        event.push(b'"');
    } else {
        let _ = serde_json::to_writer(event, text);
    }
}

pub(super) fn string_len(text: &str) -> usize {
    if is_plain(text) {
        return text.len() + 2;
    }
    serde_json::to_string(text).map_or(0, |json| json.len())
}

/// Whether text is the same in JSON, as ids and most keys are.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\')
}

pub(super) fn push_integer(event: &mut Vec<u8>, integer: impl serde::Serialize) {
    let _ = serde_json::to_writer(event, &integer);
}

pub(super) fn integer_len(integer: impl TryInto<i128>) -> usize {
    let integer = integer.try_into().unwrap_or_default();
    let digits = integer.unsigned_abs().checked_ilog10().unwrap_or(0) as usize + 1;
    usize::from(integer < 0) + digits
}
