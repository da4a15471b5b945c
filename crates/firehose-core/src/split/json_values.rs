use super::{
    json_items::json_items,
    splitter::{Items, Split},
};
use crate::record::Record;

/// Splits a record into JSON values that stand one after the other, with or without white space
/// between them.
///
/// Fluent Bit and the Kinesis agent send such records: many objects in one record, with or without
/// newlines between them. A value may contain line breaks. An empty record has no items.
///
/// At text that is not JSON, the start of the next value is unknown. So the last item is then an
/// error that names the line and the column. See also [`JsonLines`](crate::JsonLines), where a bad
/// line is an item of its own.
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
