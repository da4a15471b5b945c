use std::fmt::Write;

use jiff::Zoned;

use super::{invalid_timestamp_format::InvalidTimestampFormat, timestamp_offset::push_offset};

/// A letter of a timestamp pattern and the number of its repetitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimestampLetters {
    letter: char,
    count: usize,
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const QUARTERS: [&str; 4] = ["1st quarter", "2nd quarter", "3rd quarter", "4th quarter"];

impl TimestampLetters {
    /// Returns the letters, or an error if this number of repetitions is not supported.
    pub(super) fn new(letter: char, count: usize) -> Result<Self, InvalidTimestampFormat> {
        let supported = match letter {
            'G' | 'M' | 'L' | 'E' | 'e' | 'Q' | 'q' | 'Z' | 'X' | 'x' => count <= 5,
            'c' => count <= 5 && count != 2,
            // Java accepts up to 19 repetitions, but cannot format more than 10.
            'u' | 'y' | 'Y' => count <= 10,
            'D' => count <= 3,
            'd' | 'H' | 'h' | 'K' | 'k' | 'm' | 's' | 'w' => count <= 2,
            'a' | 'W' => count == 1,
            'S' => count <= 9,
            'A' | 'n' | 'N' => count <= 19,
            'z' => count <= 3,
            'V' => count == 2,
            'O' => count == 1 || count == 4,
            _ => return Err(InvalidTimestampFormat::Letter(letter)),
        };
        if supported {
            Ok(Self { letter, count })
        } else {
            Err(InvalidTimestampFormat::Count { letter, count })
        }
    }

    /// Appends the value of the letters.
    pub(super) fn write(self, time: &Zoned, text: &mut String) {
        let (year, hour) = (i64::from(time.year()), i64::from(time.hour()));
        let days_since_sunday = i64::from(time.weekday().to_sunday_zero_offset());
        match self.letter {
            'G' => self.era(year, text),
            'u' => self.year(year, text),
            'y' => self.year(if year > 0 { year } else { 1 - year }, text),
            'Y' => self.year(week_of_year(time).0, text),
            'M' | 'L' => self.name_or_number(i64::from(time.month()) - 1, &MONTHS, text),
            'E' => name(days_since_sunday, &WEEKDAYS, self.count.max(3), text),
            'e' | 'c' => self.name_or_number(days_since_sunday, &WEEKDAYS, text),
            'Q' | 'q' => self.quarter(i64::from((time.month() - 1) / 3), text),
            'w' => self.number(week_of_year(time).1, text),
            'W' => self.number(week(i64::from(time.day()), days_since_sunday), text),
            'D' => self.number(time.day_of_year().into(), text),
            'd' => self.number(time.day().into(), text),
            'H' => self.number(hour, text),
            'k' => self.number(if hour == 0 { 24 } else { hour }, text),
            'K' => self.number(hour % 12, text),
            'h' => self.number((hour + 11) % 12 + 1, text),
            'a' => text.push_str(if hour < 12 { "AM" } else { "PM" }),
            'm' => self.number(time.minute().into(), text),
            's' => self.number(time.second().into(), text),
            'S' => {
                let nanoseconds = format!("{:09}", time.subsec_nanosecond());
                text.extend(nanoseconds.chars().take(self.count));
            }
            'A' => self.number(nanosecond_of_day(time) / 1_000_000, text),
            'n' => self.number(time.subsec_nanosecond().into(), text),
            'N' => self.number(nanosecond_of_day(time), text),
            'z' | 'V' => self.zone(time, text),
            _ => push_offset(self.letter, self.count, time, text),
        }
    }

    /// Appends a number, padded with zeros to the number of letters.
    fn number(self, value: i64, text: &mut String) {
        let _ = write!(text, "{value:0width$}", width = self.count);
    }

    /// Appends a year. Two letters give its last two digits. With four letters or more, a year with
    /// more digits than letters has a plus sign.
    fn year(self, year: i64, text: &mut String) {
        let digits = year.abs();
        if self.count == 2 {
            return self.number(digits % 100, text);
        }
        let longer = digits.checked_ilog10().unwrap_or(0) as usize >= self.count;
        if year < 0 {
            text.push('-');
        } else if self.count >= 4 && longer {
            text.push('+');
        }
        self.number(digits, text);
    }

    fn era(self, year: i64, text: &mut String) {
        let (short, long) = if year > 0 { ("AD", "Anno Domini") } else { ("BC", "Before Christ") };
        match self.count {
            4 => text.push_str(long),
            5 => text.extend(short.chars().next()),
            _ => text.push_str(short),
        }
    }

    /// Appends a number counted from 1 for one or two letters, and a name for more letters.
    fn name_or_number(self, index: i64, names: &[&str], text: &mut String) {
        if self.count < 3 {
            self.number(index + 1, text);
        } else {
            name(index, names, self.count, text);
        }
    }

    fn quarter(self, index: i64, text: &mut String) {
        match self.count {
            3 => {
                let _ = write!(text, "Q{}", index + 1);
            }
            4 => name(index, &QUARTERS, self.count, text),
            5 => {
                let _ = write!(text, "{}", index + 1);
            }
            _ => self.number(index + 1, text),
        }
    }

    /// Appends the id or the abbreviation of the time zone, or the offset of a zone without an id.
    fn zone(self, time: &Zoned, text: &mut String) {
        match time.time_zone().iana_name() {
            None => push_offset('X', 5, time, text),
            Some(id) if self.letter == 'V' => text.push_str(id),
            Some(_) => {
                let zone = time.time_zone().to_offset_info(time.timestamp());
                text.push_str(zone.abbreviation());
            }
        }
    }
}

/// Appends a name: shortened for three letters, whole for four, its first letter for five.
fn name(index: i64, names: &[&str], count: usize, text: &mut String) {
    let name = usize::try_from(index).ok().and_then(|index| names.get(index)).unwrap_or(&"");
    let length = match count {
        3 => 3,
        4 => name.len(),
        _ => 1,
    };
    text.extend(name.chars().take(length));
}

/// Returns the week of a day in its month or year. Weeks and days are counted from 1, and the first
/// week may begin before the first day.
fn week(day: i64, days_since_sunday: i64) -> i64 {
    let first = (days_since_sunday - (day - 1)).rem_euclid(7);
    (day - 1 + first) / 7 + 1
}

/// Returns the week-based year of a time, and the week in that year. The first week has 1 January.
fn week_of_year(time: &Zoned) -> (i64, i64) {
    let (year, day) = (i64::from(time.year()), i64::from(time.day_of_year()));
    let days_since_sunday = i64::from(time.weekday().to_sunday_zero_offset());
    if day + (6 - days_since_sunday) > i64::from(time.days_in_year()) {
        (year + 1, 1)
    } else {
        (year, week(day, days_since_sunday))
    }
}

fn nanosecond_of_day(time: &Zoned) -> i64 {
    let second =
        (i64::from(time.hour()) * 60 + i64::from(time.minute())) * 60 + i64::from(time.second());
    second * 1_000_000_000 + i64::from(time.subsec_nanosecond())
}
