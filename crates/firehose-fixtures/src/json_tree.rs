use std::fmt;

use firehose_runtime::{JsonScanner, JsonSyntaxError};

use crate::compact::compact;

/// A JSON value that keeps the order of members, repeated keys, and the spelling of numbers.
///
/// Two values are equal if their texts differ only in spaces and in the spelling of strings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum JsonTree {
    /// The compact text of a string, a number, a boolean or `null`, or of any value at [`MAX_DEPTH`].
    Leaf(String),
    Array(Vec<Self>),
    /// The members. The keys are compact JSON strings, with their quotes.
    Object(Vec<(String, Self)>),
}

/// The nesting depth at which an array or an object becomes one leaf. Limits the recursion.
const MAX_DEPTH: usize = 64;

impl JsonTree {
    /// Parses a text. Returns `None` if the text is not JSON.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut scanner = JsonScanner::new(text);
        let tree = Self::read(&mut scanner, 0).ok()?;
        scanner.end().ok()?;
        Some(tree)
    }

    fn read(scanner: &mut JsonScanner<'_>, depth: usize) -> Result<Self, JsonSyntaxError> {
        match scanner.peek() {
            Some(b'[') if depth < MAX_DEPTH => {
                let mut items = Vec::new();
                scanner.array()?;
                while scanner.item()? {
                    items.push(Self::read(scanner, depth + 1)?);
                }
                Ok(Self::Array(items))
            }
            Some(b'{') if depth < MAX_DEPTH => {
                let mut members = Vec::new();
                scanner.object()?;
                while let Some(key) = scanner.key()? {
                    members.push((compact(key), Self::read(scanner, depth + 1)?));
                }
                Ok(Self::Object(members))
            }
            _ => Ok(Self::Leaf(compact(scanner.value()?))),
        }
    }

    /// Returns the kind of the value with its article, such as `a string`.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
            Self::Leaf(text) => match text.as_bytes().first() {
                Some(b'"') => "a string",
                Some(b'[') => "an array",
                Some(b'{') => "an object",
                Some(b't' | b'f') => "a boolean",
                Some(b'n') => "null",
                _ => "a number",
            },
        }
    }

    /// Returns the decoded text of a string.
    pub(crate) fn string(&self) -> Option<String> {
        match self {
            Self::Leaf(text) if text.starts_with('"') => serde_json::from_str(text).ok(),
            Self::Leaf(_) | Self::Array(_) | Self::Object(_) => None,
        }
    }
}

/// Writes compact JSON.
impl fmt::Display for JsonTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leaf(text) => f.write_str(text),
            Self::Array(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    let comma = if index > 0 { "," } else { "" };
                    write!(f, "{comma}{item}")?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (index, (key, value)) in members.iter().enumerate() {
                    let comma = if index > 0 { "," } else { "" };
                    write!(f, "{comma}{key}:{value}")?;
                }
                f.write_str("}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_keeps_order_repeated_keys_and_the_spelling_of_numbers() {
        let text = r#" {"b": 1.0, "a" : [1e2, {}, []], "b": "\u00e9", "": null} "#;
        let tree = JsonTree::parse(text).unwrap();
        assert_eq!(tree.to_string(), r#"{"b":1.0,"a":[1e2,{},[]],"b":"é","":null}"#);
        for invalid in ["", "{", "1 2", "{\"a\" 1}", "NaN"] {
            assert_eq!(JsonTree::parse(invalid), None, "{invalid}");
        }
    }

    #[test]
    fn deep_nesting_is_a_leaf() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        let tree = JsonTree::parse(&deep).unwrap();
        assert_eq!(tree.to_string(), deep);
        assert_eq!(tree.kind(), "an array");
    }
}
