//! Times in RFC 3339, from the year 0 to the end of the year 9999.

use std::borrow::Cow;

use jiff::Timestamp;

const SECOND: i128 = 1_000_000_000;

/// The first nanosecond of the year 0, counted from 1970-01-01T00:00:00Z.
const START: i128 = -62_167_219_200 * SECOND;

/// The first nanosecond after the year 9999.
const END: i128 = 253_402_300_800 * SECOND;

/// The length of the years 9998 and 9999. `Timestamp` has no times at the end of the year 9999, which are
/// therefore read and written as times of the year 9998.
const YEAR: i128 = 365 * 86_400 * SECOND;

/// Returns the time if it is in the years 0 to 9999. The time is in nanoseconds since 1970.
pub(super) fn in_range(time: i128) -> Option<i128> {
    (START..END).contains(&time).then_some(time)
}

/// Reads a time in nanoseconds since 1970. Digits after the nanoseconds have no effect.
pub(super) fn read(text: &str) -> Option<i128> {
    // `Timestamp` also accepts years with a sign, and the name of a time zone in brackets.
    if !text.starts_with(|first: char| first.is_ascii_digit()) || text.contains('[') {
        return None;
    }
    let text = to_nanoseconds(text);
    let time = match text.strip_prefix("9999") {
        Some(rest) => nanosecond(&format!("9998{rest}"))? + YEAR,
        None => nanosecond(&text)?,
    };
    in_range(time)
}

/// Writes a time in nanoseconds since 1970.
pub(super) fn write(time: i128) -> String {
    let shift = if time >= END - YEAR { YEAR } else { 0 };
    // Every time of `in_range` is a `Timestamp` after the shift.
    let text = Timestamp::from_nanosecond(time - shift).unwrap_or(Timestamp::MAX).to_string();
    match text.strip_prefix("9998") {
        Some(rest) if shift > 0 => format!("9999{rest}"),
        _ => text,
    }
}

fn nanosecond(text: &str) -> Option<i128> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_nanosecond)
}

/// Removes the digits of the second after the ninth.
fn to_nanoseconds(text: &str) -> Cow<'_, str> {
    let Some(point) = text.find(['.', ',']) else { return Cow::Borrowed(text) };
    let fraction = &text[point + 1..];
    let count = fraction.bytes().take_while(u8::is_ascii_digit).count();
    if count <= 9 {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{}{}", &text[..point + 10], &fraction[count..]))
}
