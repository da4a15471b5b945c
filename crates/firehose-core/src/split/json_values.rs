use super::{
    json_items::json_items,
    splitter::{Items, Split},
};
use crate::record::Record;

/// Splits a record into JSON values that stand one after the other, with or without white space
/// between them.
///
/// Fluent Bit and the Kinesis agent send such records: many objects in one record, each with a
/// newline or none. A value may have line breaks inside it. An empty record has no items.
///
/// Text that is not JSON ends the items with an error that names the line and the column, because
/// the start of the next value is unknown then. See also [`JsonLines`](crate::JsonLines), where a
/// bad line is an item of its own.
///
/// ```
/// use firehose_core::{JsonValues, Record, Split};
///
/// let record = Record::new("1", "{\"a\": 1}{\"a\":\n2} 3");
/// let items: Vec<_> = JsonValues.split(record).map(|it| it.unwrap().into_data()).collect();
/// assert_eq!(items, ["{\"a\": 1}", "{\"a\":\n2}", "3"]);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct JsonValues;

impl Split for JsonValues {
    fn split(&self, record: Record) -> Items {
        json_items(record, |scanner| match scanner.peek() {
            None => Ok(None),
            Some(_) => scanner.value().map(Some),
        })
    }
}
