use std::fmt;

use super::JsonError;

/// Where a text is no JSON, and what was expected there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonSyntaxError {
    expected: &'static str,
    offset: usize,
}

impl JsonSyntaxError {
    pub(super) fn new(expected: &'static str, offset: usize) -> Self {
        Self { expected, offset }
    }

    /// What was expected.
    pub fn expected(&self) -> &'static str {
        self.expected
    }

    /// The error with its line and column, of this text.
    pub fn in_text(&self, text: &str) -> JsonError {
        JsonError::syntax(self, text)
    }

    /// The place in bytes, from 0.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for JsonSyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at byte {}", self.expected, self.offset)
    }
}

impl std::error::Error for JsonSyntaxError {}
