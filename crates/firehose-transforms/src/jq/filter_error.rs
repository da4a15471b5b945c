use std::fmt;

use crate::nearest_name::nearest_name;

/// An error for a text that is not a valid filter, with its position.
///
/// ```
/// use firehose_transforms::jq::JqFilter;
///
/// let error = JqFilter::new(".a | tostrin").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "invalid jq filter at line 1, column 6: unknown function `tostrin/0`; did you mean `tostring`?"
/// );
/// assert_eq!((error.line(), error.column()), (1, 6));
/// assert_eq!((error.name(), error.nearest()), (Some("tostrin"), Some("tostring")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JqFilterError {
    problem: String,
    name: Option<String>,
    nearest: Option<String>,
    line: usize,
    column: usize,
}

impl JqFilterError {
    /// Creates an error at the position of `part`, a slice of `text`, or at the end of `text` if
    /// `part` is another text.
    pub(super) fn new(problem: impl Into<String>, text: &str, part: &str) -> Self {
        let offset = part.as_ptr().addr().wrapping_sub(text.as_ptr().addr());
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            problem: problem.into(),
            name: None,
            nearest: None,
            line: 1 + before.matches('\n').count(),
            column: 1 + before[line_start..].chars().count(),
        }
    }

    /// Adds the unknown name, and the known name that is most like it.
    pub(super) fn with_name<'a>(
        mut self,
        name: &str,
        known: impl Iterator<Item = &'a str>,
    ) -> Self {
        self.name = Some(name.to_owned());
        self.nearest = nearest_name(name, known).map(str::to_owned);
        self
    }

    /// Returns the line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the column in characters, from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// Returns the unknown name, if an unknown name is the error.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns the known name that is most like the unknown name, or `None` if no name is similar.
    pub fn nearest(&self) -> Option<&str> {
        self.nearest.as_deref()
    }
}

impl fmt::Display for JqFilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { problem, line, column, .. } = self;
        write!(f, "invalid jq filter at line {line}, column {column}: {problem}")?;
        match &self.nearest {
            Some(nearest) => write!(f, "; did you mean `{nearest}`?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for JqFilterError {}
