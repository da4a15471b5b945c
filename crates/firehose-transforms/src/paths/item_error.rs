use std::{borrow::Cow, fmt, str};

use json_scanner::{JsonSyntaxError, LocatedSyntaxError};

use crate::paths::field_path::FieldPath;

/// An error for an item that a transform cannot process.
///
/// The message names the path or the position, and shows no payload.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ItemError {
    /// The item is not valid JSON, or has more than 128 levels of nesting.
    Syntax(LocatedSyntaxError),
    /// The item is not UTF-8. The number is the offset of the first invalid byte.
    NotUtf8(usize),
    /// The item is not an object or an array.
    NotAContainer,
    /// The item is not an object.
    NotAnObject,
    /// The item has no value at this path, but an option requires one.
    Missing(FieldPath),
    /// The value at this path is not suitable for the transform.
    Field {
        /// The path in the options.
        path: FieldPath,
        /// A sentence without a subject, such as "is not a number".
        problem: Cow<'static, str>,
    },
    /// Two members of an object would get the same name. The number is the offset of the object in bytes.
    NameConflict(usize),
    /// The item has a number that no 64-bit float can hold, or half of a surrogate pair.
    NotRepresentable,
    /// The result would be longer than this number of bytes.
    TooLong(usize),
}

impl ItemError {
    pub(crate) fn syntax(text: &str, error: JsonSyntaxError) -> Self {
        Self::Syntax(error.in_text(text))
    }

    pub(crate) fn field(path: &FieldPath, problem: impl Into<Cow<'static, str>>) -> Self {
        Self::Field { path: path.clone(), problem: problem.into() }
    }
}

impl From<str::Utf8Error> for ItemError {
    fn from(error: str::Utf8Error) -> Self {
        Self::NotUtf8(error.valid_up_to())
    }
}

impl fmt::Display for ItemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(error) => write!(f, "invalid JSON: {error}"),
            Self::NotUtf8(offset) => write!(f, "invalid UTF-8 at byte {offset}"),
            Self::NotAContainer => f.write_str("the JSON is not an object or an array"),
            Self::NotAnObject => f.write_str("the JSON is not an object"),
            Self::Missing(path) => write!(f, "the field {path} is missing"),
            Self::Field { path, problem } => write!(f, "the field {path} {problem}"),
            Self::NameConflict(offset) => write!(
                f,
                "two members of the object at byte {offset} would get the same name; rename or \
                 remove one of them first"
            ),
            Self::NotRepresentable => f.write_str(
                "the JSON has a number that no 64-bit float can hold, or half of a surrogate pair",
            ),
            Self::TooLong(limit) => write!(f, "the result is longer than {limit} bytes"),
        }
    }
}

impl std::error::Error for ItemError {}
