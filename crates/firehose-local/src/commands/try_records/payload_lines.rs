use std::str;

use bytes::Bytes;
use firehose_transforms::compression::Decompress;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::log_events::log_events;
use crate::terminal::{counted, escaped};

/// The maximum number of lines shown of a payload.
const MAX_LINES: usize = 20;

/// The maximum number of characters shown of a line.
const MAX_CHARS: usize = 1000;

/// The maximum number of bytes shown of a payload that is not text.
const MAX_BYTES: usize = 16;

/// Returns a payload as readable lines. Unpacks compressed text, reduces compressed data of CloudWatch
/// Logs to its messages, and escapes control characters. `is_full` removes the limits.
pub(super) fn payload_lines(payload: &Bytes, is_full: bool) -> Vec<String> {
    if payload.is_empty() {
        return vec!["(empty)".to_owned()];
    }
    if let Ok(text) = str::from_utf8(payload) {
        return text_lines(text, is_full);
    }
    let bytes = counted(payload.len() as u64, "byte");
    let unpacked = Decompress::detect().decompress(payload).unwrap_or_else(|_| payload.clone());
    if let Some(events) = log_events(&unpacked) {
        let count = counted(events.len() as u64, "log event");
        let note = format!("({bytes}, unpacked to {count} with these messages)");
        let messages: Vec<_> = events.iter().map(|event| message(event)).collect();
        return [vec![note], shown_lines(messages.iter().map(String::as_str), is_full)].concat();
    }
    if let Ok(text) = str::from_utf8(&unpacked) {
        let note = format!("({bytes}, unpacked)");
        return [vec![note], text_lines(text, is_full)].concat();
    }
    let shown = if is_full { payload.len() } else { MAX_BYTES };
    let hex: String = payload.iter().take(shown).map(|byte| format!("{byte:02x}")).collect();
    let more = if payload.len() > shown { "..." } else { "" };
    vec![format!("({bytes}) {hex}{more}")]
}

fn text_lines(text: &str, is_full: bool) -> Vec<String> {
    // The newline at the end of an output is not a line of its own.
    shown_lines(text.strip_suffix('\n').unwrap_or(text).split('\n'), is_full)
}

fn shown_lines<'a>(lines: impl Iterator<Item = &'a str> + Clone, is_full: bool) -> Vec<String> {
    let (max_lines, max_chars) =
        if is_full { (usize::MAX, usize::MAX) } else { (MAX_LINES, MAX_CHARS) };
    let mut shown: Vec<_> =
        lines.clone().take(max_lines).map(|line| escaped(line, max_chars)).collect();
    let more = lines.count() - shown.len();
    if more > 0 {
        shown.push(format!("... and {}; --full shows them", counted(more as u64, "more line")));
    }
    shown
}

/// Returns the message of a log event: a text without quotes, or JSON.
fn message(event: &RawValue) -> String {
    #[derive(Deserialize)]
    struct LogEvent<'a> {
        #[serde(borrow)]
        message: &'a RawValue,
    }
    let message = serde_json::from_str(event.get()).map(|event: LogEvent<'_>| event.message.get());
    let message = message.unwrap_or(event.get());
    serde_json::from_str(message).unwrap_or_else(|_| message.to_owned())
}

#[cfg(test)]
mod tests {
    use firehose_transforms::compression::{Compress, Compression};

    use super::*;

    fn lines(payload: &[u8]) -> Vec<String> {
        payload_lines(&Bytes::copy_from_slice(payload), false)
    }

    #[test]
    fn text_is_shown_without_control_characters() {
        assert_eq!(lines(b""), ["(empty)"]);
        assert_eq!(lines(b"\n"), [""]);
        assert_eq!(lines("{\"a\":\"é\\n\"}\n{}\n".as_bytes()), ["{\"a\":\"é\\n\"}", "{}"]);
        assert_eq!(lines(b"\x1b[2J\r\n"), [r"\u{1b}[2J\r"]);
        // The first bytes of a zlib stream may be text.
        assert_eq!(lines(b"x^2"), ["x^2"]);
    }

    #[test]
    fn other_bytes_are_unpacked_or_shown_in_hex() {
        let gzip = Compress::new(Compression::Gzip).compress(b"{\"a\":1}\n{}").unwrap();
        let gzip = Bytes::from(gzip);
        let size = format!("({} bytes, unpacked)", gzip.len());
        assert_eq!(lines(&gzip), [size.as_str(), "{\"a\":1}", "{}"]);
        assert_eq!(lines(b"\x1f\x8b\x08\x00"), ["(4 bytes) 1f8b0800"]);
        assert_eq!(lines(&[0xff; 20]), [format!("(20 bytes) {}...", "ff".repeat(16))]);
    }

    #[test]
    fn long_payloads_are_cut_unless_all_is_asked_for() {
        let text = Bytes::from("x".repeat(1001) + &"\ny".repeat(21));
        let lines = payload_lines(&text, false);
        assert_eq!(lines.len(), 21);
        assert_eq!(lines[0].len(), 1003);
        assert_eq!(lines[20], "... and 2 more lines; --full shows them");
        assert_eq!(payload_lines(&text, true).concat(), "x".repeat(1001) + &"y".repeat(21));
    }
}
