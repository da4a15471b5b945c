use std::str;

use bytes::Bytes;

use super::{attack::Attack, finding_id::FindingId, payload_kind::unpacked_gzip};
use crate::terminal::escaped;

/// The answer to an attack that shows a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Evidence {
    pub(super) finding: FindingId,
    pub(super) attack: Attack,
    /// The payload of the record, shortened. `None` if the fault is not that of one record.
    pub(super) record: Option<String>,
    /// The answer of the function.
    pub(super) answer: String,
    /// The good records that are lost in this event.
    pub(super) lost_records: usize,
    /// The good records of this event.
    pub(super) good_records: usize,
}

/// The characters of a long text that are shown: half of them from its start, and half from its end.
const SHOWN_CHARACTERS: usize = 120;

/// The longest part of a binary payload in evidence, in bytes.
const SHOWN_BYTES: usize = 32;

/// Returns a payload for a report: text, the text in gzip, or the first bytes in hexadecimal digits.
pub(super) fn shown_payload(payload: &Bytes) -> String {
    if let Some(text) = unpacked_gzip(payload) {
        return format!("(gzip) {}", shown_text(&text));
    }
    shown_text(payload)
}

/// Returns the part of an output around an offset, for a report.
pub(super) fn shown_part(output: &[u8], offset: usize) -> String {
    let start = offset.saturating_sub(SHOWN_CHARACTERS / 4);
    let end = output.len().min(offset + SHOWN_CHARACTERS / 4);
    let shown = output.get(start..end).unwrap_or_default();
    let shown = escaped(&String::from_utf8_lossy(shown), usize::MAX);
    let before = if start > 0 { "... " } else { "" };
    let after = if end < output.len() { " ..." } else { "" };
    format!("{before}{shown}{after}")
}

fn shown_text(payload: &[u8]) -> String {
    match str::from_utf8(payload) {
        Ok("") => "(empty)".to_owned(),
        Ok(text) if text.len() <= SHOWN_CHARACTERS => escaped(text, usize::MAX),
        Ok(text) => {
            let half = SHOWN_CHARACTERS / 2;
            let start = escaped(&text[..text.floor_char_boundary(half)], usize::MAX);
            let end = escaped(&text[text.ceil_char_boundary(text.len() - half)..], usize::MAX);
            format!("{start} ... {end} ({} bytes)", text.len())
        }
        Err(error) if error.valid_up_to() > MIN_TEXT_BYTES => {
            // The text around the first byte that is not UTF-8.
            let first = error.valid_up_to();
            let start = first.saturating_sub(SHOWN_CHARACTERS / 2);
            let end = payload.len().min(first + SHOWN_CHARACTERS / 2);
            let shown: String =
                payload[start..end].utf8_chunks().map(|chunk| shown_chunk(&chunk)).collect();
            let before = if start > 0 { "... " } else { "" };
            let after = if end < payload.len() { " ..." } else { "" };
            format!("{before}{shown}{after}")
        }
        Err(_) => {
            let start = payload.iter().take(SHOWN_BYTES);
            let hex: String = start.map(|byte| format!("{byte:02x}")).collect();
            let more = if payload.len() > SHOWN_BYTES { "..." } else { "" };
            format!("({} bytes) {hex}{more}", payload.len())
        }
    }
}

/// A payload that begins with more bytes of UTF-8 is text with wrong bytes. Others are binary data.
const MIN_TEXT_BYTES: usize = 4;

fn shown_chunk(chunk: &str::Utf8Chunk<'_>) -> String {
    let invalid: String = chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")).collect();
    escaped(chunk.valid(), usize::MAX) + &invalid
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::payload_kind::gzip;

    #[test]
    fn a_payload_is_shown_without_control_characters() {
        for (payload, shown) in [
            (&b""[..], "(empty)"),
            (b"{\"a\": 1}\n", r#"{"a": 1}\n"#),
            (b"\x1b[2J", r"\u{1b}[2J"),
            (b"a long text\xff\xfe\x1bb", r"a long text\xff\xfe\u{1b}b"),
            (b"\x1f\x8b\x08", "(3 bytes) 1f8b08"),
            (b"\xf3\x89\x9a\xc2a", "(5 bytes) f3899ac261"),
        ] {
            assert_eq!(shown_payload(&Bytes::from_static(payload)), shown);
        }
        assert_eq!(shown_payload(&gzip(b"{}")), "(gzip) {}");
        let long = shown_payload(&vec![b'x'; 5000].into());
        assert!(long.len() < 200 && long.ends_with(" (5000 bytes)"), "{long}");
        let end = shown_payload(&[vec![b'x'; 5000], b"\xffend".to_vec()].concat().into());
        assert!(end.starts_with("... x") && end.ends_with(r"x\xffend"), "{end}");
    }
}
