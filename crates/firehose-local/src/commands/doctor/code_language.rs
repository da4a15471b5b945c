use std::fmt;

use firehose_delivery::function::{Language, ProcessSettings};

/// The language in which a report says how to mend a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CodeLanguage {
    Python,
    JavaScript,
    Rust,
    Pipeline,
    Unknown,
}

impl CodeLanguage {
    /// Returns the language of a handler. Returns `None` for an executable.
    pub(super) fn of_handler(process: &ProcessSettings) -> Option<Self> {
        process.handler.as_ref().map(|handler| match handler.language() {
            Language::Python => Self::Python,
            Language::JavaScript => Self::JavaScript,
        })
    }
}

impl fmt::Display for CodeLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Python => "Python",
            Self::JavaScript => "JavaScript",
            Self::Rust => "Rust",
            Self::Pipeline => "a pipeline",
            Self::Unknown => "an unknown language",
        })
    }
}
