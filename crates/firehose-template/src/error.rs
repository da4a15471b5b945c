use std::{error, fmt};

/// An error in a template: its path, its reason and a remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// A path such as `Resources.Stream.Properties.ShardCount`, empty for the whole template.
    path: String,
    reason: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Wrong,
    NotSimulated,
    /// A reference to the parameter of this name, which has no value.
    MissingParameter(String),
}

impl TemplateError {
    /// Creates an error for a value that AWS rejects.
    pub(crate) fn wrong(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { path: path.into(), reason: reason.into(), kind: Kind::Wrong }
    }

    /// Creates an error for a value that AWS may accept, but that cannot be simulated.
    pub(crate) fn not_simulated(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { path: path.into(), reason: reason.into(), kind: Kind::NotSimulated }
    }

    /// Creates an error for a value that refers to a parameter without a value.
    pub(crate) fn parameter_without_value(path: &str, parameter: &str, reason: &str) -> Self {
        let kind = Kind::MissingParameter(parameter.to_owned());
        Self { path: path.to_owned(), reason: reason.to_owned(), kind }
    }

    /// Returns `true` if AWS may accept the template and only the simulation is incomplete.
    pub(crate) fn is_not_simulated(&self) -> bool {
        self.kind == Kind::NotSimulated
    }

    /// Returns the name of the parameter that needs a value, if the error is a missing value.
    #[must_use]
    pub fn missing_parameter(&self) -> Option<&str> {
        match &self.kind {
            Kind::MissingParameter(name) => Some(name),
            Kind::Wrong | Kind::NotSimulated => None,
        }
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
