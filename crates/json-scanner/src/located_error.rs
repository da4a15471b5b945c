use std::fmt;

/// A syntax error with its position as a line and a column.
///
/// The message shows no part of the text. See also
/// [`JsonSyntaxError::in_text`](crate::JsonSyntaxError::in_text).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocatedSyntaxError {
    expected: &'static str,
    line: usize,
    column: usize,
}

impl LocatedSyntaxError {
    pub(crate) fn new(expected: &'static str, text: &[u8], offset: usize) -> Self {
        let before = &text[..offset.min(text.len())];
        let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        Self {
            expected,
            line: 1 + before.iter().filter(|&&byte| byte == b'\n').count(),
            column: 1 + before.len() - line_start,
        }
    }

    /// Returns a description of the expected text, such as "a value".
    pub fn expected(&self) -> &'static str {
        self.expected
    }

    /// Returns the line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the column in bytes, from 1.
    pub fn column(&self) -> usize {
        self.column
    }
}

impl fmt::Display for LocatedSyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, line, column } = self;
        write!(f, "expected {expected} at line {line} column {column}")
    }
}

impl std::error::Error for LocatedSyntaxError {}
