use std::{error, fmt};

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
