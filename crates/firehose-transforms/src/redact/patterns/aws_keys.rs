use std::ops::Range;

use crate::redact::patterns::boundary::is_separate;

/// The prefixes of access key ids: long-term, temporary, bearer token and context-specific
/// ([source](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes)).
const PREFIXES: [&[u8]; 4] = [b"AKIA", b"ASIA", b"ABIA", b"ACCA"];

const KEY_ID_BYTES: usize = 20;

pub(crate) const SECRET_KEY_BYTES: usize = 40;

/// Finds access key ids, such as `AKIAIOSFODNN7EXAMPLE`.
pub(crate) fn find_key_ids(text: &str, found: &mut dyn FnMut(Range<usize>)) {
    let text = text.as_bytes();
    for start in memchr::memchr_iter(b'A', text) {
        let end = start + KEY_ID_BYTES;
        let Some(id) = text.get(start..end) else { return };
        let is_id = PREFIXES.iter().any(|prefix| id.starts_with(prefix))
            && id.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if is_id && is_separate(text, start, end) {
            found(start..end);
        }
    }
}

/// Finds secret access keys, such as `wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY`.
pub(crate) fn find_secret_keys(text: &str, found: &mut dyn FnMut(Range<usize>)) {
    let text = text.as_bytes();
    let is_part = |byte: &u8| matches!(byte, b'/' | b'+') || byte.is_ascii_alphanumeric();
    let mut at = 0;
    while let Some(length) = text[at..].iter().position(is_part) {
        let start = at + length;
        at = start + text[start..].iter().take_while(|it| is_part(it)).count();
        let run = &text[start..at];
        let has = |is_kind: fn(&u8) -> bool| run.iter().any(is_kind);
        let is_key = run.len() == SECRET_KEY_BYTES
            && has(u8::is_ascii_uppercase)
            && has(u8::is_ascii_lowercase)
            && has(u8::is_ascii_digit);
        // With `=`, `_` or `-` after the run, the run is a part of longer base64 or base64url.
        if is_key && !matches!(text.get(at), Some(b'=' | b'_' | b'-')) {
            found(start..at);
        }
    }
}
