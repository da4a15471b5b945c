use std::{iter, str::Chars};

use jiff::Zoned;

use super::{
    invalid_timestamp_format::InvalidTimestampFormat, timestamp_letters::TimestampLetters,
};

/// A pattern of Java's `DateTimeFormatter`, as Firehose accepts it in `!{timestamp:...}`:
/// <https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html>.
///
/// The letters have the meaning of
/// <https://docs.oracle.com/javase/8/docs/api/java/time/format/DateTimeFormatter.html>. AWS does
/// not name the locale of Firehose. Here the locale is that of the United States: names are
/// English, the weeks of `Y`, `w`, `W`, `e` and `c` begin on Sunday, and the first week has 1
/// January.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TimestampFormat {
    items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    Literal(char),
    /// Letters, and the width up to which spaces pad their value. A width of 0 pads nothing.
    Letters(TimestampLetters, usize),
}

impl TimestampFormat {
    /// Parses a pattern.
    ///
    /// # Errors
    ///
    /// If Java rejects the pattern. Letters whose text differs between versions or languages are
    /// errors too: `F`, `B`, `g`, `v`, and the long names of time zones.
    pub(super) fn parse(pattern: &str) -> Result<Self, InvalidTimestampFormat> {
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
                // Brackets do not change the text: Java leaves out an optional section only if a
                // value is missing, and a time with its zone has all values. Java closes open
                // sections at the end.
                '[' => open_sections += 1,
                ']' if open_sections > 0 => open_sections -= 1,
                ']' => return Err(InvalidTimestampFormat::UnopenedSection),
                '{' | '}' | '#' => return Err(InvalidTimestampFormat::Reserved(next)),
                literal => items.push(Item::Literal(literal)),
            }
        }
        Ok(Self { items })
    }

    /// Returns a time in its time zone as text.
    ///
    /// Java fails if a value is wider than its padding. It also fails for some padded numbers with
    /// another number directly after them. Here a wide value is not cut, and such numbers are
    /// padded.
    pub(super) fn format(&self, time: &Zoned) -> String {
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

/// Counts the repetitions of a letter, including the one that was read already.
fn run(chars: &mut iter::Peekable<Chars<'_>>, letter: char) -> usize {
    1 + iter::from_fn(|| chars.next_if_eq(&letter)).count()
}

#[cfg(test)]
mod tests;
