use std::{error, fmt};

/// An error in a timestamp pattern: the pattern is invalid in Java, or is not simulated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidTimestampFormat {
    /// The letter has no meaning in Java, or its meaning depends on the version or the language.
    Letter(char),
    /// The letter has no meaning with this many repetitions.
    Count {
        /// The letter.
        letter: char,
        /// The number of repetitions.
        count: usize,
    },
    /// Java reserves the character for future use.
    Reserved(char),
    /// A `p` is not followed by a letter.
    NothingToPad,
    /// A single quote is not closed.
    UnclosedQuote,
    /// A `]` has no `[` before it.
    UnopenedSection,
}

impl InvalidTimestampFormat {
    /// Returns `true` if some version or language of Java may accept the pattern.
    pub(super) fn is_not_simulated(&self) -> bool {
        matches!(self, Self::Letter(_) | Self::Count { .. })
    }
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
            Self::NothingToPad => f.write_str("`p` must be followed by the letter to pad"),
            Self::UnclosedQuote => {
                f.write_str("a single quote is not closed; add another single quote")
            }
            Self::UnopenedSection => f.write_str("a `]` has no `[` before it"),
        }
    }
}

impl error::Error for InvalidTimestampFormat {}
