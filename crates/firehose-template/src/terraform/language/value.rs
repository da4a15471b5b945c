use std::collections::BTreeMap;

use crate::cloudformation::evaluator::{Cause, Unresolved};

/// A value of Terraform. Sets and tuples are lists, and objects are maps.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Self>),
    Map(BTreeMap<String, Self>),
    /// A value that is known only after a deployment, or that cannot be evaluated here.
    Unknown(Box<Unresolved>),
}

/// The reason why an expression has no value: Terraform rejects the expression, or the evaluation
/// exceeds a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault(pub String);

impl Fault {
    /// Creates a fault.
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl Value {
    /// Creates a value that only a deployment has. `name` is a short name of the value.
    pub(crate) fn deployed(name: impl Into<String>, reason: impl Into<String>) -> Self {
        let cause = Cause::Deployed(name.into());
        Self::Unknown(Box::new(Unresolved { reason: reason.into(), cause, placeholder: None }))
    }

    /// Creates a value in place of an expression that Terraform rejects.
    pub(crate) fn rejected(fault: Fault) -> Self {
        let cause = Cause::Rejected;
        Self::Unknown(Box::new(Unresolved { reason: fault.0, cause, placeholder: None }))
    }

    /// Returns the reason why the value or one of its parts is unknown.
    pub(crate) fn first_unknown(&self) -> Option<&Unresolved> {
        match self {
            Self::Unknown(unknown) => Some(unknown),
            Self::List(items) => items.iter().find_map(Self::first_unknown),
            Self::Map(entries) => entries.values().find_map(Self::first_unknown),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => None,
        }
    }

    /// Returns a text, a number or a boolean as a text, as Terraform converts them.
    pub(crate) fn to_text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => Some(number_text(*number)),
            Self::Bool(value) => Some(value.to_string()),
            Self::Null | Self::List(_) | Self::Map(_) | Self::Unknown(_) => None,
        }
    }

    /// Returns the value of a number, or of a text that contains a number.
    pub(crate) fn to_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
            Self::Null | Self::Bool(_) | Self::List(_) | Self::Map(_) | Self::Unknown(_) => None,
        }
    }

    /// Returns the value of a boolean, or of the text `true` or `false`.
    pub(crate) fn to_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Text(text) => text.parse().ok(),
            Self::Null | Self::Number(_) | Self::List(_) | Self::Map(_) | Self::Unknown(_) => None,
        }
    }

    /// Returns the number of values plus the number of bytes of text.
    pub(crate) fn size(&self) -> usize {
        1 + match self {
            Self::Null | Self::Bool(_) | Self::Number(_) => 0,
            Self::Text(text) => text.len(),
            Self::List(items) => items.iter().map(Self::size).sum(),
            Self::Map(entries) => entries.iter().map(|(key, value)| key.len() + value.size()).sum(),
            Self::Unknown(unknown) => unknown.reason.len(),
        }
    }

    /// Returns a noun for the type, for errors.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
            Self::Unknown(_) => "an unknown value",
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Self>> FromIterator<T> for Value {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

/// Returns the decimal digits of a number, without a fraction if the number is whole.
fn number_text(number: f64) -> String {
    // Adding zero removes the sign of a negative zero.
    format!("{}", number + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_converted_as_terraform_converts_them() {
        for (number, text) in
            [(1.0, "1"), (-0.0, "0"), (0.25, "0.25"), (123_456_789_012.0, "123456789012")]
        {
            assert_eq!(Value::Number(number).to_text().unwrap(), text);
        }
        assert_eq!(Value::from("1.5").to_number(), Some(1.5));
        assert_eq!(Value::from("inf").to_number(), None);
        assert_eq!(Value::from("true").to_bool(), Some(true));
        assert_eq!(Value::Number(1.0).to_bool(), None);
    }
}
