use std::{collections::BTreeMap, error, fmt, iter};

use crate::cloudformation::evaluator::RepeatedKey;

/// An error in a template: the path of the value, the reason, and what to do.
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
    /// A reference to a value that only a deployed stack has.
    Undeployed {
        /// A short name of the value, such as the name of an export.
        name: String,
        /// `true` if the value is an export of another stack.
        is_import: bool,
    },
    /// A resource that is not deployed with the given values.
    NotDeployed {
        /// The values that decide whether the resource is deployed.
        deciding: Vec<MissingValue>,
    },
    /// References to one or more parameters that have no default and no given value.
    MissingParameter {
        /// The parameter at the path of the error.
        name: String,
        /// Other parameters without a value that the same delivery stream refers to.
        others: Vec<String>,
        /// `true` if AWS takes the value from the Systems Manager Parameter Store.
        is_stored: bool,
    },
}

/// A value that the user can give: a value that is missing in a template, or that decides whether a
/// resource is deployed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MissingValue {
    /// The parameter of this name.
    Parameter(String),
    /// The export of another stack with this name.
    Import(String),
    /// The property at this path.
    Property(String),
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

    /// Creates an error for a value that only a deployed stack has. `name` is a short name of the
    /// value.
    pub(crate) fn undeployed(path: &str, name: &str, reason: impl Into<String>) -> Self {
        let kind = Kind::Undeployed { name: name.to_owned(), is_import: false };
        Self { path: path.to_owned(), reason: reason.into(), kind }
    }

    /// Creates an error for a resource that is not deployed, because of `deciding` values. `reason` is
    /// a clause.
    pub(crate) fn not_deployed(path: &str, reason: &str, deciding: Vec<MissingValue>) -> Self {
        let reason = format!("is not deployed, because {reason}");
        Self { path: path.to_owned(), reason, kind: Kind::NotDeployed { deciding } }
    }

    /// Creates an error for `Fn::ImportValue`, if the user has given no value for this export.
    pub(crate) fn import(path: &str, name: &str) -> Self {
        let reason =
            format!("Fn::ImportValue {name} cannot be evaluated: another stack exports its value");
        let kind = Kind::Undeployed { name: name.to_owned(), is_import: true };
        Self { path: path.to_owned(), reason, kind }
    }

    /// Creates an error for a reference to a parameter without a value. `is_stored` is
    /// `true` for a parameter of the Systems Manager Parameter Store.
    pub(crate) fn parameter_without_value(
        path: &str,
        parameter: &str,
        reason: &str,
        is_stored: bool,
    ) -> Self {
        let kind =
            Kind::MissingParameter { name: parameter.to_owned(), others: Vec::new(), is_stored };
        Self { path: path.to_owned(), reason: reason.to_owned(), kind }
    }

    /// Returns `true` if AWS may accept the template and only the simulation is incomplete.
    pub(crate) fn is_not_simulated(&self) -> bool {
        match &self.kind {
            Kind::NotSimulated | Kind::Undeployed { .. } => true,
            Kind::Wrong | Kind::NotDeployed { .. } | Kind::MissingParameter { .. } => false,
        }
    }

    /// Returns `true` if AWS rejects the value.
    pub(crate) fn is_wrong(&self) -> bool {
        self.kind == Kind::Wrong
    }

    /// Returns the short name of the value, if the error is about a value that only a deployed
    /// stack has.
    pub(crate) fn undeployed_value(&self) -> Option<&str> {
        match &self.kind {
            Kind::Undeployed { name, .. }
            | Kind::MissingParameter { name, is_stored: true, .. } => Some(name),
            Kind::Wrong
            | Kind::NotSimulated
            | Kind::NotDeployed { .. }
            | Kind::MissingParameter { is_stored: false, .. } => None,
        }
    }

    /// Adds other parameters without a value to an error about such a parameter. Does not change
    /// other errors. `parameters` has the parameters by name, with the values that each allows, if the
    /// template lists them.
    pub(crate) fn with_parameters(mut self, parameters: &BTreeMap<String, Option<String>>) -> Self {
        if let Kind::MissingParameter { name, others, is_stored: false } = &mut self.kind {
            others.extend(parameters.keys().filter(|other| *other != name).cloned());
            if !others.is_empty() {
                let all: Vec<_> = iter::once(&*name).chain(&*others).map(String::as_str).collect();
                self.reason =
                    format!("the parameters {} have no default and no value", all.join(", "));
                for name in all {
                    if let Some(Some(allowed)) = parameters.get(name) {
                        self.reason.push_str(&format!("; {name} allows {allowed}"));
                    }
                }
            }
        }
        self
    }

    /// Adds the repeated keys of the template to the reason.
    pub(crate) fn with_repeated_keys(mut self, keys: &[RepeatedKey]) -> Self {
        for RepeatedKey { path, line } in keys {
            let subject = line.map_or_else(|| "a line".to_owned(), |line| format!("line {line}"));
            self.reason.push_str(&format!("; {subject} repeats the key {path}"));
        }
        self
    }

    /// Adds the paths and the reasons of other errors.
    pub(crate) fn with_reasons(mut self, others: &[Self]) -> Self {
        for other in others {
            self.reason.push_str(&format!("; {other}"));
        }
        self
    }

    /// Returns the parameters without a value that the error is about, or an empty list.
    #[must_use]
    pub fn missing_parameters(&self) -> Vec<&str> {
        match &self.kind {
            Kind::MissingParameter { name, others, .. } => {
                iter::once(name).chain(others).map(String::as_str).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Returns all values that the user can give to fix the error.
    #[must_use]
    pub fn missing_values(&self) -> Vec<MissingValue> {
        if let Kind::NotDeployed { deciding } = &self.kind {
            return deciding.clone();
        }
        let parameters = self.missing_parameters();
        if parameters.is_empty() {
            return self.missing_value().into_iter().collect();
        }
        parameters.into_iter().map(|name| MissingValue::Parameter(name.to_owned())).collect()
    }

    /// Returns the missing value that the user can give to fix the error, if there is one.
    #[must_use]
    pub fn missing_value(&self) -> Option<MissingValue> {
        match &self.kind {
            Kind::MissingParameter { name, .. } => Some(MissingValue::Parameter(name.clone())),
            Kind::Undeployed { name, is_import: true } => Some(MissingValue::Import(name.clone())),
            Kind::Undeployed { is_import: false, .. } => {
                let path = self.path.split(" (").next().unwrap_or_default();
                // Values can be given only for properties, and not for conditions.
                let is_property = !path.is_empty() && !path.starts_with("Conditions.");
                is_property.then(|| MissingValue::Property(path.to_owned()))
            }
            Kind::NotDeployed { deciding } => deciding.first().cloned(),
            Kind::Wrong | Kind::NotSimulated => None,
        }
    }

    /// Returns the path of the value, empty for the whole template.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn reason(&self) -> &str {
        &self.reason
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
