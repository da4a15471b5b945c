use std::{error, fmt};

/// Why a template cannot be read: where, what is wrong there, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// Such as `Resources.Stream.Properties.ShardCount`; empty if it is the template as a whole.
    path: String,
    reason: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Wrong,
    NotSimulated,
}

impl TemplateError {
    /// What AWS would not deploy either, or what a parameter can set right.
    pub fn wrong(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { path: path.into(), reason: reason.into(), kind: Kind::Wrong }
    }

    /// What AWS may well deploy, and what is not simulated here.
    pub fn not_simulated(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { path: path.into(), reason: reason.into(), kind: Kind::NotSimulated }
    }

    /// Whether the template may be right, so that it is only the simulation that lacks something.
    pub fn is_not_simulated(&self) -> bool {
        self.kind == Kind::NotSimulated
    }

    /// Where in the template it is, such as `Resources.Stream.Properties.ShardCount`; empty if it
    /// is the template as a whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.reason)
        } else {
            write!(f, "{}: {}", self.path, self.reason)
        }
    }
}

impl error::Error for TemplateError {}
