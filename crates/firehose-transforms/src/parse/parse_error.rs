use std::{borrow::Cow, fmt};

/// An error for a line that does not have the expected format.
///
/// The message names the column and the position if they are known, and shows no part of the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    problem: Cow<'static, str>,
    column: Option<Box<str>>,
    offset: Option<usize>,
    member: Option<Box<str>>,
}

impl ParseError {
    pub(crate) fn new(problem: impl Into<Cow<'static, str>>) -> Self {
        Self { problem: problem.into(), column: None, offset: None, member: None }
    }

    /// Creates an error at an offset in the line, in bytes.
    pub(crate) fn at(offset: usize, problem: impl Into<Cow<'static, str>>) -> Self {
        Self { offset: Some(offset), ..Self::new(problem) }
    }

    #[must_use]
    pub(crate) fn in_column(self, column: &str) -> Self {
        Self { column: Some(column.into()), ..self }
    }

    #[must_use]
    pub(crate) fn in_member(self, path: &str) -> Self {
        Self { member: Some(path.into()), ..self }
    }

    /// Returns the name of the column with the error, if known.
    pub fn column(&self) -> Option<&str> {
        self.column.as_deref()
    }

    /// Returns the position of the error in the parsed text, if known: an offset in bytes, from 0.
    pub fn offset(&self) -> Option<usize> {
        self.offset
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(member) = &self.member {
            write!(f, "member `{member}`: ")?;
        }
        match (&self.column, self.offset) {
            (Some(column), Some(offset)) => write!(f, "column `{column}` at byte {offset}: ")?,
            (Some(column), None) => write!(f, "column `{column}`: ")?,
            (None, Some(offset)) => write!(f, "at byte {offset}: ")?,
            (None, None) => {}
        }
        f.write_str(&self.problem)
    }
}

impl std::error::Error for ParseError {}
