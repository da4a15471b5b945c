//! Decodes the escapes of JSON strings, and writes strings with jq's escapes.

use crate::json_escape::decode_escape;

/// Decodes a valid JSON string in quotes. Half of a surrogate pair becomes U+FFFD.
pub(crate) fn decode(written: &str) -> String {
    let mut rest = &written[1..written.len() - 1];
    let mut decoded = String::with_capacity(rest.len());
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        decoded.push_str(&rest[..at]);
        let (character, length) = decode_escape(&rest[at..]);
        decoded.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
        rest = &rest[at + length..];
    }
    decoded.push_str(rest);
    decoded
}

/// Writes a string in quotes, with the escapes that jq writes. Unlike serde_json, jq escapes the
/// character U+007F.
pub(crate) fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut copied = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' && byte != 0x7f {
            continue;
        }
        out.extend_from_slice(&bytes[copied..at]);
        copied = at + 1;
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x8 => out.extend_from_slice(b"\\b"),
            0xc => out.extend_from_slice(b"\\f"),
            _ => {
                const DIGITS: &[u8; 16] = b"0123456789abcdef";
                let digit = |shift: u8| DIGITS[usize::from(byte >> shift & 0xf)];
                out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(4), digit(0)]);
            }
        }
    }
    out.extend_from_slice(&bytes[copied..]);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_every_escape() {
        for (written, expected) in [
            (r#""plain""#, "plain"),
            (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
            (r#""a\u0041\u00e9z""#, "aA\u{e9}z"),
            (r#""\ud83d\ude00""#, "\u{1f600}"),
            (r#""\ud83d""#, "\u{fffd}"),
            (r#""\ud83dx""#, "\u{fffd}x"),
            (r#""\ud83d\u0041""#, "\u{fffd}A"),
            (r#""\ude00\ud83d\ude00""#, "\u{fffd}\u{1f600}"),
            (r#""\ud83d\n""#, "\u{fffd}\n"),
        ] {
            assert_eq!(decode(written), expected, "{written}");
        }
    }

    #[test]
    fn a_written_string_decodes_to_itself() {
        let text: String = ('\0'..='\u{ff}').chain(['\u{2028}', '\u{1f600}']).collect();
        let mut written = Vec::new();
        write_string(&mut written, &text);
        assert_eq!(decode(std::str::from_utf8(&written).unwrap()), text);
    }
}
