use std::{error::Error, fmt};

use crate::{outcome::BoxError, record::Record};

/// An error of a splitter for one item. The splitter goes on with the next item.
///
/// Any other error ends the items. [`for_each`](crate::for_each) treats the item like one that its
/// transform fails, so that [`ItemErrors`](crate::ItemErrors) applies.
///
/// ```
/// use firehose_core::{BoxError, InvalidItem, Record};
///
/// let item = Record::new("record-1", "1,2,3");
/// let error: BoxError = InvalidItem::new(item, "the row has 3 of 2 fields").into();
/// assert!(error.is::<InvalidItem>());
/// assert_eq!(error.to_string(), "the row has 3 of 2 fields");
/// ```
#[derive(Debug)]
pub struct InvalidItem {
    item: Record,
    cause: BoxError,
}

impl InvalidItem {
    /// Creates an error for an item, which is kept as it came.
    pub fn new(item: Record, cause: impl Into<BoxError>) -> Self {
        Self { item, cause: cause.into() }
    }

    /// Returns the item as it came.
    pub fn item(&self) -> &Record {
        &self.item
    }

    /// Returns the item as it came and the cause, by value.
    pub fn into_parts(self) -> (Record, BoxError) {
        (self.item, self.cause)
    }
}

/// Shows the cause and never the item.
impl fmt::Display for InvalidItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

impl Error for InvalidItem {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.source()
    }
}
