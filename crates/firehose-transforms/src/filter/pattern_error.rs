use std::fmt;

/// An error for an invalid pattern. The message shows the position in the pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    message: String,
}

impl PatternError {
    pub(super) fn new(error: &regex::Error) -> Self {
        Self { message: format!("invalid pattern: {error}") }
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for PatternError {}
