use std::fmt;

/// A piece of a template. CloudFormation takes numbers and booleans for their text and the other
/// way round, so that these are all the same here.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Null,
    Scalar(String),
    List(Vec<Self>),
    /// In the order of the template, each key once.
    Map(Entries),
    /// A short form such as `!Ref`, without the exclamation mark.
    Tagged(String, Box<Self>),
}

pub(crate) type Entries = Vec<(String, Node)>;

/// A call of an intrinsic function: its name without `Fn::`, and what it is called with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Intrinsic<'a> {
    pub name: &'a str,
    pub argument: &'a Node,
}

impl Node {
    /// The entries, if this is a mapping. A key without a value counts as an empty mapping.
    pub(crate) fn entries(&self) -> Option<&[(String, Self)]> {
        match self {
            Self::Map(entries) => Some(entries),
            Self::Null => Some(&[]),
            Self::Scalar(_) | Self::List(_) | Self::Tagged(..) => None,
        }
    }

    /// The call, if this is one: `!Name`, `Fn::Name:` or `Ref:`.
    pub(crate) fn intrinsic(&self) -> Option<Intrinsic<'_>> {
        match self {
            Self::Tagged(name, argument) => Some(Intrinsic { name, argument }),
            Self::Map(entries) => {
                let [(key, argument)] = entries.as_slice() else {
                    return None;
                };
                let name = if key == "Ref" { key } else { key.strip_prefix("Fn::")? };
                Some(Intrinsic { name, argument })
            }
            Self::Null | Self::Scalar(_) | Self::List(_) => None,
        }
    }
}

impl fmt::Display for Intrinsic<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            "Ref" | "Condition" => f.write_str(self.name),
            name => write!(f, "Fn::{name}"),
        }
    }
}

/// The value of a key.
pub(crate) fn entry<'a>(entries: &'a [(String, Node)], key: &str) -> Option<&'a Node> {
    entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
}
