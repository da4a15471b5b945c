use std::{error, fmt, iter};

use jiff::Zoned;

use super::timestamp_letters::TimestampLetters;

/// A pattern of Java's `DateTimeFormatter`, as Firehose takes it in `!{timestamp:...}`:
/// <https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html>.
///
/// What the letters mean is in
/// <https://docs.oracle.com/javase/8/docs/api/java/time/format/DateTimeFormatter.html>. AWS does
/// not say which locale Firehose has. Here it is that of the United States: names are English, and
/// the weeks of `Y`, `w`, `W`, `e` and `c` begin on Sunday, the first one with 1 January.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimestampFormat {
    items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    Literal(char),
    /// What the letters stand for, with spaces before it up to a width.
    Letters(TimestampLetters, usize),
}

impl TimestampFormat {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// What Java refuses is an error, and so is what differs between versions or languages: `F`,
    /// `B`, `g`, `v`, and the long names of time zones.
    pub fn parse(pattern: &str) -> Result<Self, InvalidTimestampFormat> {
        let mut items = Vec::new();
        let mut open_sections = 0usize;
        let mut chars = pattern.chars().peekable();
        while let Some(next) = chars.next() {
            match next {
                'a'..='z' | 'A'..='Z' => {
                    let count = run(&mut chars, next);
                    let item = match (next, chars.peek().copied()) {
                        ('p', Some(letter)) if letter.is_ascii_alphabetic() => {
                            chars.next();
                            let letters = TimestampLetters::new(letter, run(&mut chars, letter))?;
                            Item::Letters(letters, count)
                        }
                        ('p', _) => return Err(InvalidTimestampFormat::NothingToPad),
                        _ => Item::Letters(TimestampLetters::new(next, count)?, 0),
                    };
                    items.push(item);
                }
                '\'' if chars.next_if_eq(&'\'').is_some() => items.push(Item::Literal('\'')),
                '\'' => loop {
                    match chars.next() {
                        Some('\'') if chars.next_if_eq(&'\'').is_none() => break,
                        Some(literal) => items.push(Item::Literal(literal)),
                        None => return Err(InvalidTimestampFormat::UnclosedQuote),
                    }
                },
                // Java leaves an optional section out when it has no value for it, which a time
                // with its zone always has. It closes what is open at the end.
                '[' => open_sections += 1,
                ']' if open_sections > 0 => open_sections -= 1,
                ']' => return Err(InvalidTimestampFormat::UnopenedSection),
                '{' | '}' | '#' => return Err(InvalidTimestampFormat::Reserved(next)),
                literal => items.push(Item::Literal(literal)),
            }
        }
        Ok(Self { items })
    }

    /// Writes a time, which brings its time zone.
    ///
    /// Java fails at a value that is wider than its `p`s say, and at some numbers that have `p`s and
    /// another number right after them. Here a value stands as it is, or padded.
    pub fn format(&self, time: &Zoned) -> String {
        let mut text = String::new();
        for item in &self.items {
            match item {
                Item::Literal(literal) => text.push(*literal),
                Item::Letters(letters, 0) => letters.write(time, &mut text),
                Item::Letters(letters, width) => {
                    let mut value = String::new();
                    letters.write(time, &mut value);
                    let missing = width.saturating_sub(value.chars().count());
                    text.extend(iter::repeat_n(' ', missing));
                    text.push_str(&value);
                }
            }
        }
        text
    }
}

/// How often a letter is there, once it has been read.
fn run(chars: &mut iter::Peekable<std::str::Chars<'_>>, letter: char) -> usize {
    1 + iter::from_fn(|| chars.next_if_eq(&letter)).count()
}

/// Why a pattern is none, or none that is simulated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidTimestampFormat {
    /// The letter means nothing, or not the same everywhere.
    Letter(char),
    /// The letter means something, but not so many of it.
    Count {
        /// Which letter.
        letter: char,
        /// How many of it there are in a row.
        count: usize,
    },
    /// Java keeps the character for a use to come.
    Reserved(char),
    /// There is no letter after a `p`.
    NothingToPad,
    /// There is a `'` without another.
    UnclosedQuote,
    /// There is a `]` without a `[`.
    UnopenedSection,
}

impl fmt::Display for InvalidTimestampFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Letter(letter) => {
                write!(f, "the letter `{letter}` is not supported; put text in single quotes")
            }
            Self::Count { letter, count } => {
                write!(f, "the letter `{letter}` is not supported {count} times in a row")
            }
            Self::Reserved(reserved) => {
                write!(f, "`{reserved}` is reserved; put it in single quotes")
            }
            Self::NothingToPad => f.write_str("there is no letter after `p`, which pads it"),
            Self::UnclosedQuote => f.write_str("a single quote is not closed by another"),
            Self::UnopenedSection => f.write_str("there is a `]` without a `[` before it"),
        }
    }
}

impl error::Error for InvalidTimestampFormat {}

#[cfg(test)]
mod tests {
    use std::fs;

    use jiff::{
        civil::DateTime,
        tz::{Offset, TimeZone},
    };
    use proptest::prelude::*;

    use super::*;

    fn time(local: &str, zone: &str) -> Zoned {
        let zone = match zone.parse() {
            Ok(seconds) => TimeZone::fixed(Offset::from_seconds(seconds).unwrap()),
            Err(_) => TimeZone::UTC,
        };
        local.parse::<DateTime>().unwrap().to_zoned(zone).unwrap()
    }

    #[test]
    fn every_pattern_gives_what_java_gives() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/timestamp-formats");
        let table = fs::read_to_string(format!("{file}/java-17.tsv")).unwrap();
        let mut rows = table.lines().map(|row| row.split('\t'));
        let times: Vec<Zoned> = rows
            .next()
            .unwrap()
            .skip(1)
            .map(|cell| cell.split_once(' ').unwrap())
            .map(|(local, zone)| time(&local.replacen("-0005", "-000005", 1), zone))
            .collect();
        let mut patterns = 0;
        for mut row in rows {
            let pattern = row.next().unwrap();
            let expected: Vec<&str> = row.collect();
            match TimestampFormat::parse(pattern) {
                Ok(format) => {
                    let found: Vec<String> = times.iter().map(|time| format.format(time)).collect();
                    assert_eq!(found, expected, "{pattern}");
                }
                Err(error) => assert_eq!(expected, ["refused"], "{pattern}: {error}"),
            }
            patterns += 1;
        }
        assert!(patterns > 200 && times.len() == 6);
    }

    #[test]
    fn an_error_names_the_letter() {
        let error = |pattern| TimestampFormat::parse(pattern).unwrap_err().to_string();
        insta::assert_snapshot!(
            ["yyyy-MM-ddTHH", "ddd", "F", "zzzz", "yyyy{", "'year", "pp/HH", "HH]"].map(error).join("\n"),
            @r"
        the letter `T` is not supported; put text in single quotes
        the letter `d` is not supported 3 times in a row
        the letter `F` is not supported; put text in single quotes
        the letter `z` is not supported 4 times in a row
        `{` is reserved; put it in single quotes
        a single quote is not closed by another
        there is no letter after `p`, which pads it
        there is a `]` without a `[` before it
        "
        );
    }

    #[test]
    fn a_value_wider_than_its_padding_stands_as_it_is() {
        let format = TimestampFormat::parse("ppEEEE").unwrap();
        assert_eq!(format.format(&time("2018-08-27T10:30", "UTC")), "Monday");
    }

    proptest! {
        #[test]
        fn nothing_panics(
            pattern in "[a-zA-Z'\\[\\]/p]{0,12}|(yyyy|MM|dd|E|a|w|Y|W|S|x|pppp){0,8}",
            second in -377_705_023_201..=253_402_207_200i64,
        ) {
            let time = jiff::Timestamp::from_second(second).unwrap().to_zoned(TimeZone::UTC);
            if let Ok(format) = TimestampFormat::parse(&pattern) {
                format.format(&time);
            }
        }
    }
}
