//! Decimal numbers of any length, which keep their digits.

use std::borrow::Cow;

use json_scanner::JsonScanner;

/// A decimal number: its digits without leading and trailing zeros, and the position of its point.
#[derive(Debug)]
pub(super) struct Decimal {
    is_negative: bool,
    digits: String,
    /// The number of digits before the point. May be negative, or larger than the number of digits.
    point: i64,
}

impl Decimal {
    /// The maximum number of digits of the result of [`integer`](Self::integer). A short number such as
    /// `1e999999` would otherwise become very long.
    const MAX_DIGITS: i64 = 400;

    /// Reads a number in the form of [`json_number`].
    pub(super) fn parse(number: &str) -> Option<Self> {
        let unsigned = number.strip_prefix('-').unwrap_or(number);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (unsigned, 0),
        };
        let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{integer}{fraction}");
        let digits = all.trim_start_matches('0');
        let leading_zeros = (all.len() - digits.len()) as i64;
        let point = (integer.len() as i64 - leading_zeros).checked_add(exponent)?;
        let digits = digits.trim_end_matches('0').to_owned();
        Some(Self { is_negative: number.starts_with('-') && !digits.is_empty(), digits, point })
    }

    /// Returns the number as an integer without an exponent.
    ///
    /// Returns `None` if the number has a fraction or over 400 digits.
    pub(super) fn integer(&self) -> Option<String> {
        if self.digits.is_empty() {
            return Some("0".to_owned());
        }
        let is_integer = self.point >= self.digits.len() as i64;
        if !is_integer || self.point > Self::MAX_DIGITS {
            return None;
        }
        let sign = if self.is_negative { "-" } else { "" };
        let zeros = "0".repeat(self.point as usize - self.digits.len());
        Some(format!("{sign}{}{zeros}", self.digits))
    }

    /// Returns the number times a power of ten, rounded down.
    pub(super) fn scaled(&self, power: i64) -> Option<i128> {
        let count = self.point.checked_add(power).filter(|count| *count <= 38)?.max(0) as usize;
        let kept = self.digits.get(..count).unwrap_or(&self.digits);
        let zeros = "0".repeat(count - kept.len());
        let scaled: i128 = format!("0{kept}{zeros}").parse().ok()?;
        let is_rounded = kept.len() < self.digits.len();
        match (self.is_negative, is_rounded) {
            (false, _) => Some(scaled),
            (true, false) => Some(-scaled),
            (true, true) => (-scaled).checked_sub(1),
        }
    }
}

/// Converts a text to a JSON number with the same digits.
///
/// Removes white space around the number, a plus sign and leading zeros. Returns `None` if the rest is
/// not a JSON number.
pub(super) fn json_number(text: &str) -> Option<Cow<'_, str>> {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let without_zeros = unsigned.trim_start_matches('0');
    let unsigned = if without_zeros.starts_with(|next: char| next.is_ascii_digit()) {
        without_zeros
    } else {
        // One zero stays before a point, an exponent or the end.
        &unsigned[(unsigned.len() - without_zeros.len()).saturating_sub(1)..]
    };
    if !is_unsigned_number(unsigned) {
        return None;
    }
    Some(match sign {
        "" => Cow::Borrowed(unsigned),
        sign => Cow::Owned(format!("{sign}{unsigned}")),
    })
}

fn is_unsigned_number(text: &str) -> bool {
    let is_number = text.starts_with(|first: char| first.is_ascii_digit());
    is_number && JsonScanner::new(text).value().is_ok_and(|value| value.len() == text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_json_numbers_with_the_same_digits() {
        for (text, number) in [
            ("1.50", Some("1.50")),
            (" -0.0e+5\n", Some("-0.0e+5")),
            ("+7", Some("7")),
            ("007", Some("7")),
            ("-007.10", Some("-7.10")),
            ("000", Some("0")),
            ("-0", Some("-0")),
            ("00.5", Some("0.5")),
            ("123456789012345678901234567890", Some("123456789012345678901234567890")),
            ("", None),
            ("-", None),
            ("+-1", None),
            ("--1", None),
            (".5", None),
            ("5.", None),
            ("1 2", None),
            ("1_000", None),
            ("NaN", None),
            ("0x10", None),
            ("null", None),
            ("[1]", None),
            ("١", None),
        ] {
            assert_eq!(json_number(text).as_deref(), number, "{text:?}");
        }
    }

    #[test]
    fn integers_are_exact() {
        let integer = |text| Decimal::parse(text).unwrap().integer();
        let long = "9".repeat(500);
        for (text, expected) in [
            ("0", Some("0")),
            ("-0.0", Some("0")),
            ("1.0", Some("1")),
            ("-12.500e1", Some("-125")),
            ("1e3", Some("1000")),
            ("1200e-2", Some("12")),
            ("1.5", None),
            ("1e-1", None),
            ("1e401", None),
            ("123456789012345678901234567890", Some("123456789012345678901234567890")),
            (&long, None),
        ] {
            assert_eq!(integer(text).as_deref(), expected, "{text}");
        }
        assert!(Decimal::parse("1e99999999999999999999").is_none());
        assert_eq!(integer("1e9223372036854775806"), None);
    }

    #[test]
    fn scaling_rounds_down() {
        let scaled = |text, power| Decimal::parse(text).unwrap().scaled(power);
        assert_eq!(scaled("1.5", 9), Some(1_500_000_000));
        assert_eq!(scaled("-1.5", 0), Some(-2));
        assert_eq!(scaled("-1.0", 0), Some(-1));
        assert_eq!(scaled("0.001", 2), Some(0));
        assert_eq!(scaled("-0.001", 2), Some(-1));
        assert_eq!(scaled("1e-9223372036854775800", 9), Some(0));
        assert_eq!(scaled("1e40", 0), None);
        assert_eq!(scaled("0", 9), Some(0));
    }
}
