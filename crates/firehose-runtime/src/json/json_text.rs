use std::{borrow::Cow, iter};

use firehose_core::{JsonScanner, JsonSyntaxError, Timestamp};

use super::lone_surrogates::without_lone_surrogates;

/// The name, in messages, of a string with an unpaired surrogate such as `\ud800`.
pub(crate) const INVALID_STRING: &str = "a string with an invalid escape";

/// The JSON text of a value of any kind, or an empty text for a missing value.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct JsonText<'a>(&'a str);

impl<'a> JsonText<'a> {
    /// Wraps the JSON text of a value.
    pub(crate) fn new(json: &'a str) -> Self {
        Self(json)
    }

    /// Reads the next value.
    #[inline]
    pub(crate) fn read(scanner: &mut JsonScanner<'a>) -> Result<Self, JsonSyntaxError> {
        scanner.value().map(Self)
    }

    /// Returns the JSON text.
    pub(crate) fn json(self) -> &'a str {
        self.0
    }

    pub(crate) fn is_missing(self) -> bool {
        self.0.is_empty()
    }

    /// Returns the text of a string, or the digits of an integer. See
    /// [`string_with_halves`](Self::string_with_halves) for an unpaired surrogate.
    pub(crate) fn text(self) -> Option<Cow<'a, str>> {
        self.string_with_halves().or_else(|| self.is_integer().then_some(Cow::Borrowed(self.0)))
    }

    /// Returns the same as [`text`](Self::text). If `has_escapes` is `false`, the caller knows that
    /// the value has no escapes, so this function does not search for them.
    pub(crate) fn text_with_hint(self, has_escapes: bool) -> Option<Cow<'a, str>> {
        match self.unquoted() {
            Some(plain) if !has_escapes => Some(Cow::Borrowed(plain)),
            _ => self.text(),
        }
    }

    /// Returns a count. The value is a number, or a string with a number.
    pub(crate) fn count(self) -> Option<u64> {
        self.0.parse().ok().or_else(|| self.string()?.trim().parse().ok())
    }

    /// Returns a time. The value is a number of milliseconds since 1970, a string with such a
    /// number, or a string in ISO 8601.
    pub(crate) fn timestamp(self) -> Option<Timestamp> {
        if let Ok(number) = self.0.parse() {
            return Timestamp::from_millisecond(number).ok();
        }
        match self.0.as_bytes().first()? {
            b'"' => {
                let text = self.string()?;
                match text.trim().parse() {
                    Ok(number) => Timestamp::from_millisecond(number).ok(),
                    Err(_) => text.trim().parse().ok(),
                }
            }
            b'-' | b'0'..=b'9' => {
                // For a number beyond any date, the cast saturates and the constructor fails.
                let microseconds = (self.0.parse::<f64>().ok()? * 1e3).round() as i64;
                Timestamp::from_microsecond(microseconds).ok()
            }
            _ => None,
        }
    }

    /// Decodes a string. Returns `None` for a value of another kind, and for a string with an
    /// unpaired surrogate, which a Rust string cannot hold.
    pub(crate) fn string(self) -> Option<Cow<'a, str>> {
        let plain = self.unquoted()?;
        if self.has_escapes() {
            serde_json::from_str(self.0).ok().map(Cow::Owned)
        } else {
            Some(Cow::Borrowed(plain))
        }
    }

    /// Decodes a string like [`string`](Self::string), but keeps half of a surrogate pair as its
    /// escape. So `"\ud800"` becomes the six characters `\ud800`.
    pub(crate) fn string_with_halves(self) -> Option<Cow<'a, str>> {
        self.unquoted()?;
        self.string()
            .or_else(|| serde_json::from_str(&without_lone_surrogates(self.0)).ok().map(Cow::Owned))
    }

    /// Decodes a string, or names the kind of any other value.
    pub(crate) fn string_or_kind(self) -> Result<Cow<'a, str>, &'static str> {
        match self.string() {
            Some(text) => Ok(text),
            None if self.unquoted().is_some() => Err(INVALID_STRING),
            None => Err(self.kind()),
        }
    }

    /// Returns the last member with this name of an object, or a missing value.
    pub(crate) fn member(self, name: &str) -> Self {
        let named = self.members().filter(|(key, _)| key.string().as_deref() == Some(name));
        named.last().map(|(_, value)| value).unwrap_or_default()
    }

    /// Returns the keys and values of an object, or nothing for a value of another kind.
    pub(crate) fn members(self) -> impl Iterator<Item = (Self, Self)> {
        let mut scanner = JsonScanner::new(self.0);
        let is_object = scanner.object().is_ok();
        // The text of a value is valid JSON, so the scanner returns no error.
        iter::from_fn(move || match is_object.then(|| scanner.key()) {
            Some(Ok(Some(key))) => Some((Self(key), Self(scanner.value().ok()?))),
            _ => None,
        })
    }

    /// Returns the text between the quotes of a string, with its escapes unchanged.
    pub(crate) fn unquoted(self) -> Option<&'a str> {
        self.0.strip_prefix('"')?.strip_suffix('"')
    }

    pub(crate) fn has_escapes(self) -> bool {
        memchr::memchr(b'\\', self.0.as_bytes()).is_some()
    }

    /// Returns the name of the value's kind, for messages.
    pub(crate) fn kind(self) -> &'static str {
        match self.0.as_bytes().first() {
            None => "missing",
            Some(b'"') => "a string",
            Some(b'{') => "an object",
            Some(b'[') => "an array",
            Some(b'n') => "null",
            Some(b't' | b'f') => "a boolean",
            Some(_) => "a number",
        }
    }

    fn is_integer(self) -> bool {
        let digits = self.0.strip_prefix('-').unwrap_or(self.0);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_have_five_forms() {
        let expected = Timestamp::from_millisecond(1_510_772_160_123).unwrap();
        for json in [
            "1510772160123",
            "1510772160123.0",
            r#""1510772160123""#,
            r#""2017-11-15T18:56:00.123Z""#,
            r#""2017-11-15T19:56:00.123+01:00""#,
        ] {
            assert_eq!(JsonText(json).timestamp(), Some(expected), "{json}");
        }
        for json in [
            "",
            r#""""#,
            r#""soon""#,
            "null",
            "true",
            "1e300",
            "-1e300",
            "1e400",
            "[1]",
            "{}",
            r#""\ud800""#,
            "18446744073709551615",
            "99999999999999999999999",
        ] {
            assert_eq!(JsonText(json).timestamp(), None, "{json}");
        }
    }

    #[test]
    fn milliseconds_are_exact() {
        for millisecond in 1_510_772_160_000..1_510_772_162_000_i64 {
            let time = JsonText(&millisecond.to_string()).timestamp().unwrap();
            assert_eq!(time.as_millisecond(), millisecond);
        }
    }

    #[test]
    fn strings_of_numbers_are_read_as_numbers() {
        assert_eq!(JsonText("7").count(), Some(7));
        assert_eq!(JsonText(r#""7""#).count(), Some(7));
        for json in ["", r#""""#, "-7", "7.5", "null"] {
            assert_eq!(JsonText(json).count(), None, "{json}");
        }
        let long = "184467440737095516151844674407370955161518446744073709551615";
        assert_eq!(JsonText(long).text().as_deref(), Some(long));
        assert_eq!(JsonText("7.5").text(), None);
        assert_eq!(JsonText(r#""a\u0062""#).text().as_deref(), Some("ab"));
    }

    #[test]
    fn half_of_a_surrogate_pair_has_a_text_but_is_not_a_valid_string() {
        let half = JsonText(r#""a\uD800""#);
        assert_eq!(half.string(), None);
        assert_eq!(half.text().as_deref(), Some(r"a\ud800"));
    }
}
