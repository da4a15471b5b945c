use std::fmt::Write;

use jiff::Zoned;

/// Appends the offset of a time from UTC in the form of the letters `X`, `x`, `Z` or `O`.
pub(super) fn push_offset(letter: char, count: usize, time: &Zoned, text: &mut String) {
    let offset = time.offset().seconds();
    let (hours, minutes, seconds) =
        (offset.abs() / 3600, offset.abs() / 60 % 60, offset.abs() % 60);
    let sign = if offset < 0 { '-' } else { '+' };
    let localized = letter == 'O' || (letter == 'Z' && count == 4);
    let with_seconds = localized || count > 3;
    let colon = if localized || count == 3 || count == 5 { ":" } else { "" };
    let colon = if letter == 'Z' && count < 4 { "" } else { colon };

    if hours == 0 && minutes == 0 && (seconds == 0 || !with_seconds) {
        text.push_str(match (letter, count) {
            _ if localized => "GMT",
            ('X', _) | ('Z', 5) => "Z",
            ('x', 1) => "+00",
            ('x', 3 | 5) => "+00:00",
            _ => "+0000",
        });
        return;
    }
    if localized {
        text.push_str("GMT");
    }
    let width = if letter == 'O' && count == 1 { 1 } else { 2 };
    let _ = write!(text, "{sign}{hours:0width$}");
    let short = count == 1 && letter != 'Z';
    if minutes != 0 || (seconds != 0 && with_seconds) || !short {
        let _ = write!(text, "{colon}{minutes:02}");
    }
    if seconds != 0 && with_seconds {
        let _ = write!(text, "{colon}{seconds:02}");
    }
}
