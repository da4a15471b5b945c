use std::{iter, str::Chars};

use jiff::Zoned;

use super::{
    invalid_timestamp_format::InvalidTimestampFormat, timestamp_letters::TimestampLetters,
};

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
fn run(chars: &mut iter::Peekable<Chars<'_>>, letter: char) -> usize {
    1 + iter::from_fn(|| chars.next_if_eq(&letter)).count()
}

#[cfg(test)]
mod tests;
