use std::ops::Range;

use crate::redact::patterns::boundary::{before, is_word};

/// The start of the base64 text of `{"` and a letter.
const START: &[u8] = b"eyJ";

/// Finds JSON Web Tokens, signed, unsigned or encrypted.
pub(crate) fn find(text: &str, found: &mut dyn FnMut(Range<usize>)) {
    let text = text.as_bytes();
    let mut at = 0;
    while let Some(length) = memchr::memmem::find(&text[at..], START) {
        let start = at + length;
        at = match token_end(text, start) {
            Some(end) => {
                found(start..end);
                end
            }
            None => start + START.len(),
        };
    }
}

fn token_end(text: &[u8], start: usize) -> Option<usize> {
    if before(text, start).is_some_and(is_base64url) {
        return None;
    }
    let header_end = segment_end(text, start);
    let mut end = header_end;
    let mut segments = 1;
    // An encrypted token has five segments.
    while segments < 5 && text.get(end) == Some(&b'.') {
        end = segment_end(text, end + 1);
        segments += 1;
    }
    let has_payload = text[header_end..].starts_with(b".eyJ");
    let is_token = header_end - start >= 10 && (segments > 2 || has_payload);
    is_token.then_some(end)
}

fn segment_end(text: &[u8], start: usize) -> usize {
    start + text[start..].iter().take_while(|byte| is_base64url(**byte)).count()
}

fn is_base64url(byte: u8) -> bool {
    is_word(byte) || byte == b'-'
}
