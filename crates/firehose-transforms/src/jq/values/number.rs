use std::{cell::OnceCell, cmp::Ordering, rc::Rc};

use super::{super::fidelity::Fidelity, float_text::write_float, slice::Slice};

/// The most digits of a number that is parsed at each use.
const SHORT: usize = 64;

/// A number. Integers of up to 128 bits are exact; other numbers are 64-bit floating point.
#[derive(Clone, Debug)]
pub(crate) enum Number {
    Int(i64),
    Wide(Box<i128>),
    Float(f64),
    /// A number of the record, as it is written.
    Written(Slice),
    /// A number of the record with many digits, which are parsed once.
    Long(Rc<LongNumber>),
}

#[derive(Debug)]
pub(crate) struct LongNumber {
    written: Slice,
    parsed: OnceCell<ParsedNumber>,
}

/// A parsed number.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ParsedNumber {
    Int(i128),
    Float(f64),
}

impl Number {
    /// Creates a number of the record.
    #[inline]
    pub(crate) fn from_written(written: Slice) -> Self {
        if written.as_str().len() <= SHORT {
            return Self::Written(written);
        }
        Self::Long(Rc::new(LongNumber { written, parsed: OnceCell::new() }))
    }

    /// Returns the text of a number of the record.
    pub(crate) fn written(&self) -> Option<&Slice> {
        match self {
            Self::Written(slice) => Some(slice),
            Self::Long(long) => Some(&long.written),
            Self::Int(_) | Self::Wide(_) | Self::Float(_) => None,
        }
    }

    #[inline]
    pub(crate) fn parsed(&self) -> ParsedNumber {
        match self {
            Self::Int(int) => ParsedNumber::Int((*int).into()),
            Self::Wide(int) => ParsedNumber::Int(**int),
            Self::Float(float) => ParsedNumber::Float(*float),
            Self::Written(slice) => ParsedNumber::from_text(slice.as_str()),
            Self::Long(long) => {
                *long.parsed.get_or_init(|| ParsedNumber::from_text(long.written.as_str()))
            }
        }
    }

    pub(crate) fn as_f64(&self) -> f64 {
        self.parsed().as_f64()
    }

    /// Returns the number as the run keeps numbers: exact, or rounded as in jq 1.6.
    #[inline]
    pub(crate) fn in_run(self, fidelity: Fidelity) -> Self {
        if fidelity.is_jq() { self.parsed().rounded() } else { self }
    }

    /// Returns the number if it is a whole number, limited to the range of `i64`.
    pub(crate) fn as_index(&self) -> Option<i64> {
        match self.parsed() {
            ParsedNumber::Int(int) => Some(int.clamp(i64::MIN.into(), i64::MAX.into()) as i64),
            // The conversion saturates.
            ParsedNumber::Float(float) => (float.floor() == float).then_some(float as i64),
        }
    }

    pub(crate) fn from_int(int: i128) -> Self {
        i64::try_from(int).map_or_else(|_| Self::Wide(Box::new(int)), Self::Int)
    }

    pub(crate) fn from_usize(count: usize) -> Self {
        Self::from_int(count as i128)
    }

    pub(crate) fn add(&self, other: &Self) -> Self {
        self.apply(other, i64::checked_add, i128::checked_add, |left, right| left + right)
    }

    pub(crate) fn subtract(&self, other: &Self) -> Self {
        self.apply(other, i64::checked_sub, i128::checked_sub, |left, right| left - right)
    }

    pub(crate) fn multiply(&self, other: &Self) -> Self {
        let narrow = |left: i64, right: i64| match left.checked_mul(right) {
            // A zero may be negative in jq, so the floats decide its sign.
            Some(0) => None,
            product => product,
        };
        let wide = |left: i128, right: i128| match left.checked_mul(right) {
            Some(0) if left < 0 || right < 0 => None,
            product => product,
        };
        self.apply(other, narrow, wide, |left, right| left * right)
    }

    /// Divides by a number that is not zero.
    pub(crate) fn divide(&self, other: &Self) -> Self {
        let narrow = |left: i64, right: i64| {
            (left != 0 && left.checked_rem(right) == Some(0)).then(|| left / right)
        };
        let wide = |left: i128, right: i128| {
            (left != 0 && left.checked_rem(right) == Some(0)).then(|| left / right)
        };
        self.apply(other, narrow, wide, |left, right| left / right)
    }

    /// Returns the remainder of the whole parts, or `None` if the divisor has no whole part.
    pub(crate) fn remainder(&self, other: &Self) -> Option<Self> {
        let whole = |number: &Self| match number.parsed() {
            ParsedNumber::Int(int) => int,
            ParsedNumber::Float(float) => int_of(float).into(),
        };
        let divisor = whole(other);
        (divisor != 0).then(|| Self::from_int(whole(self).wrapping_rem(divisor)))
    }

    pub(crate) fn negate(&self) -> Self {
        match self.parsed() {
            ParsedNumber::Int(int) if int != 0 => Self::from_int(int.wrapping_neg()),
            parsed => Self::Float(-parsed.as_f64()),
        }
    }

    #[inline]
    fn apply(
        &self,
        other: &Self,
        narrow: impl Fn(i64, i64) -> Option<i64>,
        wide: impl Fn(i128, i128) -> Option<i128>,
        float: impl Fn(f64, f64) -> f64,
    ) -> Self {
        if let (Self::Int(left), Self::Int(right)) = (self, other)
            && let Some(result) = narrow(*left, *right)
        {
            return Self::Int(result);
        }
        let (left, right) = (self.parsed(), other.parsed());
        if let (ParsedNumber::Int(left), ParsedNumber::Int(right)) = (left, right)
            && let Some(result) = wide(left, right)
        {
            return Self::from_int(result);
        }
        Self::Float(float(left.as_f64(), right.as_f64()))
    }

    /// Compares like jq: NaN is less than every number, itself included.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        match (self.parsed(), other.parsed()) {
            (ParsedNumber::Int(left), ParsedNumber::Int(right)) => left.cmp(&right),
            (left, right) => {
                let (left, right) = (left.as_f64(), right.as_f64());
                if left < right || left.is_nan() {
                    Ordering::Less
                } else if left == right {
                    Ordering::Equal
                } else {
                    Ordering::Greater
                }
            }
        }
    }

    /// Writes the number: with its own text if it is from the item, otherwise like jq.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Int(int) => out.extend_from_slice(itoa::Buffer::new().format(*int).as_bytes()),
            Self::Wide(int) => out.extend_from_slice(itoa::Buffer::new().format(**int).as_bytes()),
            Self::Float(float) => write_float(out, *float),
            Self::Written(slice) => out.extend_from_slice(slice.as_str().as_bytes()),
            Self::Long(long) => out.extend_from_slice(long.written.as_str().as_bytes()),
        }
    }
}

impl ParsedNumber {
    /// Parses a number that is valid in JSON.
    pub(crate) fn from_text(text: &str) -> Self {
        let (digits, negative) = text.strip_prefix('-').map_or((text, false), |rest| (rest, true));
        if digits.len() > 38 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::Float(text.parse().unwrap_or(f64::NAN));
        }
        let int = if digits.len() <= 18 {
            i128::from(digits.bytes().fold(0, |int, byte| 10 * int + i64::from(byte - b'0')))
        } else {
            digits.bytes().fold(0, |int, byte| 10 * int + i128::from(byte - b'0'))
        };
        match (negative, int) {
            (true, 0) => Self::Float(-0.0),
            (true, int) => Self::Int(-int),
            (false, int) => Self::Int(int),
        }
    }

    pub(crate) fn as_f64(self) -> f64 {
        match self {
            Self::Int(int) => int as f64,
            Self::Float(float) => float,
        }
    }

    /// Returns the number rounded to 64-bit floating point. An integer that stays the same remains an
    /// integer.
    pub(crate) fn rounded(self) -> Number {
        /// Up to this number, every integer is a floating point number.
        const EXACT: i128 = 1 << 53;
        match self {
            Self::Int(int) if int.abs() <= EXACT => Number::from_int(int),
            other => Number::Float(other.as_f64()),
        }
    }
}

/// Converts like C on x86-64, because jq's `%` does: a number out of range becomes the minimum.
fn int_of(float: f64) -> i64 {
    if (-9.223_372_036_854_776e18..9.223_372_036_854_776e18).contains(&float) {
        float as i64
    } else {
        i64::MIN
    }
}

impl From<f64> for Number {
    fn from(float: f64) -> Self {
        Self::Float(float)
    }
}
