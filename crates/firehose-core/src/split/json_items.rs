use bytestring::ByteString;
use json_scanner::{JsonPosition, JsonScanner, JsonSyntaxError};

use super::splitter::Items;
use crate::{json::error::JsonError, outcome::BoxError, record::Record};

/// A function that returns the next item as it is written, or `None` at the end of the text.
pub(super) type ReadItem =
    for<'a> fn(&mut JsonScanner<'a>) -> Result<Option<&'a str>, JsonSyntaxError>;

/// The items of a record that is JSON text.
struct JsonItems {
    record: Record,
    text: ByteString,
    position: JsonPosition,
    read: ReadItem,
    done: bool,
}

/// Returns the items that `read` finds in a record.
pub(super) fn json_items(record: Record, read: ReadItem) -> Items {
    match ByteString::try_from(record.data().clone()) {
        Ok(text) => {
            let position = JsonPosition::default();
            Box::new(JsonItems { record, text, position, read, done: false })
        }
        Err(error) => {
            let error = JsonSyntaxError::from(error).in_text(record.data());
            Box::new([Err(JsonError::from(error).into())].into_iter())
        }
    }
}

impl Iterator for JsonItems {
    type Item = Result<Record, BoxError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let mut scanner = JsonScanner::resume(&self.text, self.position);
        match (self.read)(&mut scanner) {
            Ok(Some(item)) => {
                self.position = scanner.position();
                let item = self.record.data().slice_ref(item.as_bytes());
                Some(Ok(self.record.clone().with_data(item)))
            }
            Ok(None) => {
                self.done = true;
                None
            }
            Err(error) => {
                self.done = true;
                Some(Err(JsonError::from(error.in_text(&*self.text)).into()))
            }
        }
    }
}
