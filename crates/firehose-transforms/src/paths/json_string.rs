//! Decodes JSON strings, and converts offsets in the decoded text to offsets in the JSON text.

use std::borrow::Cow;

use crate::json_escape::decode_escape;

/// The decoded text of a JSON string.
#[derive(Debug)]
pub(crate) struct DecodedString<'a> {
    /// The text. Half of a surrogate pair, which a Rust string cannot contain, is U+FFFD.
    pub(crate) text: Cow<'a, str>,
    /// The end of each escape: the offset in `text` and the offset in the literal.
    escape_ends: Vec<(usize, usize)>,
    /// `false` if the literal has half of a surrogate pair.
    is_exact: bool,
}

impl<'a> DecodedString<'a> {
    /// Decodes a JSON string literal with its quotes. A JSON scanner must have checked the literal.
    pub(crate) fn new(literal: &'a str) -> Self {
        let inner = literal.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or("");
        let mut decoded =
            Self { text: Cow::Borrowed(inner), escape_ends: Vec::new(), is_exact: true };
        if inner.contains('\\') {
            decoded.decode(inner);
        }
        decoded
    }

    /// Converts the offset of a character boundary in [`text`](Self::text) to its offset in the literal.
    pub(crate) fn literal_offset(&self, offset: usize) -> usize {
        let later = self.escape_ends.partition_point(|&(end, _)| end <= offset);
        match later.checked_sub(1).and_then(|last| self.escape_ends.get(last)) {
            // The opening quote precedes the text.
            None => offset + 1,
            Some((end, literal_end)) => literal_end + (offset - end),
        }
    }

    fn decode(&mut self, inner: &str) {
        let mut text = String::with_capacity(inner.len());
        let mut rest = inner;
        while let Some(at) = rest.find('\\') {
            text.push_str(&rest[..at]);
            let (character, length) = decode_escape(&rest[at..]);
            text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
            self.is_exact &= character.is_some();
            rest = &rest[at + length..];
            self.escape_ends.push((text.len(), 1 + inner.len() - rest.len()));
        }
        text.push_str(rest);
        self.text = Cow::Owned(text);
    }
}

/// Returns the text of a string, number, `true` or `false`, or `None` for `null`.
pub(crate) fn scalar_text(value: &str) -> Option<Cow<'_, str>> {
    match value {
        "null" => None,
        _ if value.starts_with('"') => Some(DecodedString::new(value).text),
        _ => Some(Cow::Borrowed(value)),
    }
}

/// Returns the text of a JSON string, or `None` if the string has half of a surrogate pair.
pub(crate) fn exact_text(literal: &str) -> Option<Cow<'_, str>> {
    let decoded = DecodedString::new(literal);
    decoded.is_exact.then_some(decoded.text)
}

/// Returns the text as a JSON string, with its quotes.
pub(crate) fn json_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn half_of_a_surrogate_pair_is_not_exact() {
        for (literal, text) in [
            (r#""\ud800""#, "\u{fffd}"),
            (r#""\ud800\u0041""#, "\u{fffd}A"),
            (r#""\udc00\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\ud83d\ud83d\ude00.""#, "\u{fffd}😀."),
        ] {
            assert_eq!(DecodedString::new(literal).text, text, "{literal}");
            assert_eq!(exact_text(literal), None, "{literal}");
        }
    }

    /// Returns a JSON string in which some characters are escaped without need, and the offset of each
    /// character in the literal.
    fn literal(characters: &[(char, bool)]) -> (String, Vec<usize>) {
        let mut literal = String::from("\"");
        let mut starts = Vec::new();
        for &(character, is_escaped) in characters {
            starts.push(literal.len());
            if is_escaped {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    literal.push_str(&format!("\\u{unit:04x}"));
                }
            } else {
                let quoted = json_string(&character.to_string());
                literal.push_str(&quoted[1..quoted.len() - 1]);
            }
        }
        starts.push(literal.len());
        (literal + "\"", starts)
    }

    proptest! {
        #[test]
        fn every_character_boundary_has_its_offset_in_the_literal(
            characters in prop::collection::vec(any::<(char, bool)>(), 0..20)
        ) {
            let (literal, starts) = literal(&characters);
            let decoded = DecodedString::new(&literal);
            let expected: String = characters.iter().map(|(character, _)| character).collect();
            prop_assert_eq!(&decoded.text, &expected);
            prop_assert_eq!(serde_json::from_str::<String>(&literal).unwrap(), expected.clone());
            let boundaries = expected.char_indices().map(|(at, _)| at).chain([expected.len()]);
            for (boundary, start) in boundaries.zip(starts) {
                prop_assert_eq!(decoded.literal_offset(boundary), start);
            }
        }
    }
}
