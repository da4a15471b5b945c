use std::fmt;

use crate::paths::item_error::ItemError;

/// The reason why a filter does not keep an item.
///
/// The message names the rule and shows no payload.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FilterError {
    /// The item cannot be checked. It always fails, even if the filter drops rejected items.
    Item(ItemError),
    /// The denied pattern at this index, from 0, matches.
    Denied(usize),
    /// No allowed pattern matches.
    NotAllowed,
    /// The item violates a JSON Schema. The text is the JSON Pointer of the violated keyword in the
    /// schema.
    Schema(String),
    /// A pattern of a JSON Schema needs too many steps for the item, so it is unknown whether the item
    /// violates the schema. The item fails, whatever the filter does with rejected items. The text is
    /// the JSON Pointer of the pattern in the schema.
    Unfinished(String),
}

impl FilterError {
    /// Returns `true` if the filter has checked and rejected the item.
    pub fn is_rejection(&self) -> bool {
        !matches!(self, Self::Item(_) | Self::Unfinished(_))
    }
}

impl From<ItemError> for FilterError {
    fn from(error: ItemError) -> Self {
        Self::Item(error)
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Item(error) => error.fmt(f),
            Self::Denied(index) => {
                write!(f, "the item matches number {} of the denied patterns", index + 1)
            }
            Self::NotAllowed => f.write_str("the item matches none of the allowed patterns"),
            Self::Schema(pointer) => write!(f, "the item violates the JSON Schema at {pointer}"),
            Self::Unfinished(pointer) => {
                write!(
                    f,
                    "the pattern of the JSON Schema at {pointer} needs too many steps for the item"
                )
            }
        }
    }
}

impl std::error::Error for FilterError {}
