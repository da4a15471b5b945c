use serde_json::Value;

/// Parses the error report of a function. The escape of a lone surrogate, such as `\udc80`, is valid in
/// JSON, but not in a Rust string: if a report has one, all escapes of surrogates become U+FFFD.
/// Returns `None` for a body that is not a JSON object.
pub(super) fn parse_report(body: &[u8]) -> Option<Value> {
    let parsed = serde_json::from_slice::<Value>(body);
    let parsed = parsed.or_else(|_| serde_json::from_slice(&without_surrogates(body)));
    parsed.ok().filter(Value::is_object)
}

fn without_surrogates(json: &[u8]) -> Vec<u8> {
    /// The length of an escape such as `\udc80`.
    const ESCAPE: usize = 6;
    let mut text = Vec::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        text.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let length = match rest {
            [_, b'u', b'd' | b'D', b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F', _, _, ..] => {
                text.extend_from_slice(br"\ufffd");
                rest = &rest[ESCAPE..];
                continue;
            }
            _ => rest.len().min(2),
        };
        text.extend_from_slice(&rest[..length]);
        rest = &rest[length..];
    }
    text.extend_from_slice(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_surrogate_does_not_hide_the_report() {
        let message = |body: &str| Some(parse_report(body.as_bytes())?["errorMessage"].clone());
        for (body, expected) in [
            (r#"{"errorMessage": "a \udc80 \\udc80"}"#, "a \u{fffd} \\udc80"),
            (r#"{"errorMessage": "\ud83d\ude00"}"#, "\u{1f600}"),
            (r#"{"errorMessage": "\D\"}"#, ""),
        ] {
            let expected = (!expected.is_empty()).then(|| Value::from(expected));
            assert_eq!(message(body), expected, "{body}");
        }
        assert_eq!(parse_report(b"[1]"), None);
        assert_eq!(parse_report(b"\\"), None);
    }
}
