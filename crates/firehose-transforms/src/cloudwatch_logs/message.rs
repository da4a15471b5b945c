use std::{borrow::Cow, fmt};

use serde::{
    Deserializer,
    de::{Error, Visitor},
};

/// Decodes a JSON string. Half of a surrogate pair, which UTF-8 cannot represent, becomes three
/// characters U+FFFD, one for each of its bytes.
pub(super) fn decoded(string: &str) -> Cow<'_, str> {
    let plain = string.get(1..string.len().saturating_sub(1)).unwrap_or_default();
    if memchr::memchr(b'\\', plain.as_bytes()).is_none() {
        return Cow::Borrowed(plain);
    }
    let mut json = serde_json::Deserializer::from_str(string);
    // `deserialize_bytes` also decodes half of a surrogate pair, as bytes that are not UTF-8.
    let bytes = json.deserialize_bytes(Bytes).unwrap_or_default();
    Cow::Owned(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

struct Bytes;

impl Visitor<'_> for Bytes {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        Ok(bytes.to_vec())
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Self::Value, E> {
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn strings_are_decoded() {
        for (string, expected) in [
            (r#""""#, ""),
            (r#""a é""#, "a é"),
            (r#""\"\n\u00e9\ud83d\ude00""#, "\"\né😀"),
            (r#""a\ud800b""#, "a\u{fffd}\u{fffd}\u{fffd}b"),
        ] {
            assert_eq!(decoded(string), expected, "{string}");
        }
    }
}
