use std::fmt;

/// An error for a path that is not valid, or that an option does not accept.
///
/// The message shows the path, which comes from the configuration and not from a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    path: String,
    problem: String,
}

impl PathError {
    pub(crate) fn new(path: impl fmt::Display, problem: impl Into<String>) -> Self {
        Self { path: path.to_string(), problem: problem.into() }
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid path `{}`: {}", self.path, self.problem)
    }
}

impl std::error::Error for PathError {}
