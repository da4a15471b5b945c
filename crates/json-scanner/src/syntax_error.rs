use std::{fmt, str::Utf8Error};

use crate::located_error::LocatedSyntaxError;

/// An error in a text that is not valid JSON, with the position of the error and a description of
/// the expected text.
///
/// The message shows no part of the scanned text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonSyntaxError {
    expected: &'static str,
    offset: usize,
}

impl JsonSyntaxError {
    #[inline]
    pub(crate) fn new(expected: &'static str, offset: usize) -> Self {
        Self { expected, offset }
    }

    /// Returns a description of the expected text, such as "a value".
    pub fn expected(&self) -> &'static str {
        self.expected
    }

    /// Returns the position as an offset in bytes, from 0.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Returns the error with the line and the column of its position in `text`, the scanned text.
    pub fn in_text(&self, text: impl AsRef<[u8]>) -> LocatedSyntaxError {
        LocatedSyntaxError::new(self.expected, text.as_ref(), self.offset)
    }
}

/// Converts a UTF-8 error into a syntax error, since JSON text is UTF-8
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
