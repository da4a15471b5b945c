use std::borrow::Cow;

use firehose_core::{JsonScanner, JsonSyntaxError, Timestamp};

/// A value of the event as it is written, whatever JSON it is; empty if it is missing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scalar<'a>(&'a str);

impl<'a> Scalar<'a> {
    /// Reads the value that comes next.
    #[inline]
    pub(super) fn read(scanner: &mut JsonScanner<'a>) -> Result<Self, JsonSyntaxError> {
        scanner.value().map(Self)
    }

    /// As it is written.
    pub(super) fn json(self) -> &'a str {
        self.0
    }

    pub(super) fn is_missing(self) -> bool {
        self.0.is_empty()
    }

    /// As text: a string, or the digits of an integer.
    pub(super) fn text(self) -> Option<Cow<'a, str>> {
        match self.unquoted() {
            Some(_) => self.string(),
            None => self.is_integer().then_some(Cow::Borrowed(self.0)),
        }
    }

    /// [`text`](Self::text) where it is known whether there may be escapes.
    pub(super) fn text_that(self, has_escapes: bool) -> Option<Cow<'a, str>> {
        match self.unquoted() {
            Some(plain) if !has_escapes => Some(Cow::Borrowed(plain)),
            _ => self.text(),
        }
    }

    /// As a count: a number, or a string of one.
    pub(super) fn count(self) -> Option<u64> {
        self.0.parse().ok().or_else(|| self.string()?.trim().parse().ok())
    }

    /// As a time: epoch milliseconds as a number or a string of one, or ISO 8601.
    pub(super) fn timestamp(self) -> Option<Timestamp> {
        if let Some(number) = self.digits().or_else(|| self.0.parse().ok()) {
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
                // Beyond any real date the cast saturates, and the constructor refuses.
                let microseconds = (self.0.parse::<f64>().ok()? * 1e3).round() as i64;
                Timestamp::from_microsecond(microseconds).ok()
            }
            _ => None,
        }
    }

    /// The text of a string; `None` also if no Rust string can hold it, for half of a
    /// surrogate pair.
    pub(super) fn string(self) -> Option<Cow<'a, str>> {
        let plain = self.unquoted()?;
        if self.has_escapes() {
            serde_json::from_str(self.0).ok().map(Cow::Owned)
        } else {
            Some(Cow::Borrowed(plain))
        }
    }

    /// What stands between the quotes of a string, escapes as they are.
    pub(super) fn unquoted(self) -> Option<&'a str> {
        self.0.strip_prefix('"')?.strip_suffix('"')
    }

    pub(super) fn has_escapes(self) -> bool {
        memchr::memchr(b'\\', self.0.as_bytes()).is_some()
    }

    /// What it is, for a message.
    pub(super) fn kind(self) -> &'static str {
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

    /// A number of so few digits that it cannot overflow, as all times have.
    fn digits(self) -> Option<i64> {
        let digits = self.0.as_bytes();
        let mut number = 0;
        for digit in digits {
            let digit = digit.wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            number = 10_i64.wrapping_mul(number).wrapping_add(digit.into());
        }
        (1..=18).contains(&digits.len()).then_some(number)
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
    fn timestamps_come_in_five_forms() {
        let expected = Timestamp::from_millisecond(1_510_772_160_123).unwrap();
        for json in [
            "1510772160123",
            "1510772160123.0",
            r#""1510772160123""#,
            r#""2017-11-15T18:56:00.123Z""#,
            r#""2017-11-15T19:56:00.123+01:00""#,
        ] {
            assert_eq!(Scalar(json).timestamp(), Some(expected), "{json}");
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
            assert_eq!(Scalar(json).timestamp(), None, "{json}");
        }
    }

    #[test]
    fn milliseconds_are_exact() {
        for millisecond in 1_510_772_160_000..1_510_772_162_000_i64 {
            let time = Scalar(&millisecond.to_string()).timestamp().unwrap();
            assert_eq!(time.as_millisecond(), millisecond);
        }
    }

    #[test]
    fn numbers_come_as_strings_too() {
        assert_eq!(Scalar("7").count(), Some(7));
        assert_eq!(Scalar(r#""7""#).count(), Some(7));
        for json in ["", r#""""#, "-7", "7.5", "null"] {
            assert_eq!(Scalar(json).count(), None, "{json}");
        }
        let long = "184467440737095516151844674407370955161518446744073709551615";
        assert_eq!(Scalar(long).text().as_deref(), Some(long));
        assert_eq!(Scalar("7.5").text(), None);
        assert_eq!(Scalar(r#""a\u0062""#).text().as_deref(), Some("ab"));
    }
}
