use crate::{
    fields::{
        number_text::{Decimal, json_number},
        time_format::TimeFormat,
    },
    paths::{json_string::exact_text, rewriter::Problem},
};

/// The type that [`Cast`](crate::fields::Cast) gives a field.
///
/// `null` stays `null`. Objects and arrays cannot be converted to any type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CastTo {
    /// A string. A number becomes a string with the same characters, and `true` and `false` become
    /// `"true"` and `"false"`. A string stays unchanged.
    Text,
    /// An integer of any length, from a string or a number without a fraction: `"007"` becomes 7, `1.0`
    /// becomes 1, and `1e3` becomes 1000. `true` becomes 1, and `false` becomes 0.
    ///
    /// The integer of a number with a point or an exponent may have at most 400 digits.
    Integer,
    /// A number with the digits of a string: `"1.50"` becomes 1.50. White space around the number, a
    /// plus sign and leading zeros are removed. `true` becomes 1, and `false` becomes 0. A number stays
    /// unchanged.
    Number,
    /// A boolean. The strings `true`, `t`, `yes`, `y` and `1` become `true`, and `false`, `f`, `no`, `n`
    /// and `0` become `false`, in upper or lower case. The numbers `1` and `0` become `true` and `false`.
    Bool,
    /// A time in another format.
    Time {
        /// The format of the value.
        from: TimeFormat,
        /// The format of the result.
        to: TimeFormat,
    },
}

/// The treatment of a value that cannot be converted to the type of its cast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnMismatch {
    /// The item fails. The error names the path and the type. The default.
    #[default]
    Fail,
    /// The value stays as it is.
    Keep,
    /// The value becomes `null`.
    Null,
}

impl CastTo {
    /// Returns the JSON of the result, or `None` if the value does not change.
    pub(super) fn cast(self, value: &str) -> Result<Option<String>, Problem> {
        let is_scalar = !value.starts_with(['{', '[']);
        let cast = match self {
            _ if value == "null" => return Ok(None),
            Self::Text => is_scalar.then(|| text(value)),
            Self::Integer => integer(value),
            Self::Number => number(value),
            Self::Bool => bool(value),
            Self::Time { from, to } => from.read(value).map(|time| to.write(time)),
        };
        cast.map(|new| (new != value).then_some(new)).ok_or(self.mismatch())
    }

    fn mismatch(self) -> Problem {
        match self {
            Self::Text => "is an object or array, and cannot be cast to text",
            Self::Integer => "is not an integer, and cannot be cast to one",
            Self::Number => "is not a number, and cannot be cast to one",
            Self::Bool => "is not a boolean, and cannot be cast to one",
            Self::Time { from: TimeFormat::Rfc3339, .. } => "is not a time in RFC 3339 format",
            Self::Time { from: TimeFormat::EpochSeconds, .. } => {
                "is not a time in seconds since 1970"
            }
            Self::Time { from: TimeFormat::EpochMillis, .. } => {
                "is not a time in milliseconds since 1970"
            }
        }
    }
}

fn text(value: &str) -> String {
    if value.starts_with('"') { value.to_owned() } else { format!("\"{value}\"") }
}

fn integer(value: &str) -> Option<String> {
    let number = number(value)?;
    let is_plain = number.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit());
    if is_plain && number != "-0" { Some(number) } else { Decimal::parse(&number)?.integer() }
}

fn number(value: &str) -> Option<String> {
    match value.as_bytes().first()? {
        b'"' => json_number(&exact_text(value)?).map(Into::into),
        b't' => Some("1".to_owned()),
        b'f' => Some("0".to_owned()),
        b'{' | b'[' | b'n' => None,
        _ => Some(value.to_owned()),
    }
}

fn bool(value: &str) -> Option<String> {
    const TRUE: [&str; 5] = ["true", "t", "yes", "y", "1"];
    const FALSE: [&str; 5] = ["false", "f", "no", "n", "0"];
    let text = if value.starts_with('"') { exact_text(value)? } else { value.into() };
    let is_in = |names: [&str; 5]| names.iter().any(|name| text.eq_ignore_ascii_case(name));
    match (is_in(TRUE), is_in(FALSE)) {
        (true, _) => Some("true".to_owned()),
        (_, true) => Some("false".to_owned()),
        _ => None,
    }
}
