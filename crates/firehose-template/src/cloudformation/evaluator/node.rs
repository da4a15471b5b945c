use std::fmt;

use super::unresolved::Unresolved;

/// A value of a template before evaluation.
///
/// CloudFormation accepts text in place of a number or a boolean, and the reverse. A
/// [`Scalar`](Self::Scalar) holds all three.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Null,
    Scalar(String),
    List(Vec<Self>),
    /// A mapping in the order of the template. Each key occurs once.
    Map(Entries),
    /// The name and the argument of a short form such as `!Ref`. The name has no exclamation mark.
    Tagged(String, Box<Self>),
    /// A value of Terraform code that could not be evaluated there.
    Unresolved(Box<Unresolved>),
}

pub(super) type Entries = Vec<(String, Node)>;

/// A call of an intrinsic function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Intrinsic<'a> {
    /// The name without `Fn::`.
    pub name: &'a str,
    pub argument: &'a Node,
}

impl Node {
    /// Returns the entries of a mapping. A key without a value counts as an empty mapping.
    pub(crate) fn entries(&self) -> Option<&[(String, Self)]> {
        match self {
            Self::Map(entries) => Some(entries),
            Self::Null => Some(&[]),
            Self::Scalar(_) | Self::List(_) | Self::Tagged(..) | Self::Unresolved(_) => None,
        }
    }

    /// Returns the text of a scalar.
    pub(crate) fn as_scalar(&self) -> Option<&str> {
        if let Self::Scalar(text) = self { Some(text) } else { None }
    }

    /// Returns the function call if the value has the form `!Name`, `Fn::Name:` or `Ref:`.
    pub(super) fn intrinsic(&self) -> Option<Intrinsic<'_>> {
        match self {
            Self::Tagged(name, argument) => Some(Intrinsic { name, argument }),
            Self::Map(entries) => {
                let [(key, argument)] = entries.as_slice() else {
                    return None;
                };
                let name = if key == "Ref" { key } else { key.strip_prefix("Fn::")? };
                Some(Intrinsic { name, argument })
            }
            Self::Null | Self::Scalar(_) | Self::List(_) | Self::Unresolved(_) => None,
        }
    }
}

impl fmt::Display for Intrinsic<'_> {
    /// Writes the long form of the name, such as `Fn::Join`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            "Ref" | "Condition" => f.write_str(self.name),
            name => write!(f, "Fn::{name}"),
        }
    }
}

/// Returns the value of a key.
pub(super) fn entry<'a>(entries: &'a [(String, Node)], key: &str) -> Option<&'a Node> {
    entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
}
