use firehose_core::Timestamp;
use jiff::{civil::DateTime, tz::Offset};

/// A time zone with a fixed offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FixedZone(Offset);

impl FixedZone {
    pub(crate) const UTC: Self = Self(Offset::UTC);

    /// Parses `UTC`, `Z`, `+02:00`, `-0700` or `+02`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if matches!(text, "UTC" | "Z") {
            return Some(Self::UTC);
        }
        let (sign, digits) = match text.as_bytes() {
            [b'+', digits @ ..] => (1, digits),
            [b'-', digits @ ..] => (-1, digits),
            _ => return None,
        };
        let (hours, minutes) = match *digits {
            [h1, h2] => (number(&[h1, h2])?, 0),
            [h1, h2, m1, m2] | [h1, h2, b':', m1, m2] => (number(&[h1, h2])?, number(&[m1, m2])?),
            _ => return None,
        };
        if hours > 23 || minutes > 59 {
            return None;
        }
        Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok().map(Self)
    }

    /// Converts the local time of this zone to a timestamp.
    pub(crate) fn timestamp(self, time: DateTime) -> Option<Timestamp> {
        self.0.to_timestamp(time).ok()
    }
}

/// Returns the value of decimal digits, or `None` if a byte is not a digit.
pub(crate) fn number(digits: &[u8]) -> Option<i32> {
    digits.iter().try_fold(0_i32, |sum, digit| {
        let digit = i32::from(digit.checked_sub(b'0').filter(|digit| *digit < 10)?);
        sum.checked_mul(10)?.checked_add(digit)
    })
}
