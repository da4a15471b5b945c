use std::{fmt, str::Utf8Error};

use crate::located_error::LocatedSyntaxError;

/// Where a text is no JSON, and what was expected there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonSyntaxError {
    expected: &'static str,
    offset: usize,
}

impl JsonSyntaxError {
    pub(crate) fn new(expected: &'static str, offset: usize) -> Self {
        Self { expected, offset }
    }

    /// What was expected.
    pub fn expected(&self) -> &'static str {
        self.expected
    }

    /// The error with its line and column, of this text.
    pub fn in_text(&self, text: impl AsRef<[u8]>) -> LocatedSyntaxError {
        LocatedSyntaxError::new(self.expected, text.as_ref(), self.offset)
    }

    /// The place in bytes, from 0.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

/// Bytes that are not UTF-8 are not JSON
/// ([source](https://www.rfc-editor.org/rfc/rfc8259#section-8.1)).
impl From<Utf8Error> for JsonSyntaxError {
    fn from(error: Utf8Error) -> Self {
        Self::new("UTF-8", error.valid_up_to())
    }
}

impl fmt::Display for JsonSyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at byte {}", self.expected, self.offset)
    }
}

impl std::error::Error for JsonSyntaxError {}
