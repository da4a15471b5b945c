use memchr::memchr2;

/// Appends JSON without its line breaks, so that the values of JSON lines stay on one line each.
///
/// `json` must be valid JSON, in which line breaks stand only between the parts of a value, never
/// inside a string.
///
/// ```
/// let mut lines = Vec::new();
/// json_scanner::push_on_one_line(&mut lines, b"{\r\n  \"a\": \"x\\n\"\n}");
/// assert_eq!(lines, br#"{  "a": "x\n"}"#);
/// ```
pub fn push_on_one_line(out: &mut Vec<u8>, json: &[u8]) {
    let mut rest = json;
    while let Some(at) = memchr2(b'\n', b'\r', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}
