use std::collections::BTreeSet;

/// A value of Terraform code that could not be evaluated there. The value is an error only if code reads
/// the value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Unresolved {
    /// The reason why the value is unknown.
    pub reason: String,
    /// The cause, which decides the kind of the error.
    pub cause: Cause,
    /// The text in place of the value while local names stand for unknown names.
    pub placeholder: Option<String>,
}

/// The cause why a value is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Only a deployment has the value. Holds a short name of the value, such as
    /// `data.aws_ssm_parameter.name.value`.
    Deployed(String),
    /// These variables have no value.
    Variables(BTreeSet<String>),
    /// Terraform rejects the code.
    Rejected,
}
