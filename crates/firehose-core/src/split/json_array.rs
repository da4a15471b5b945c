use super::{
    json_items::json_items,
    splitter::{Items, Split},
};
use crate::record::Record;

/// Splits a record that is one JSON array into the elements of the array, as they are written.
///
/// If the record is not exactly one valid JSON array, the last item is an error that names the line
/// and the column. An empty array has no items.
///
/// ```
/// use firehose_core::{JsonArray, Record, Split};
///
/// let record = Record::new("1", r#"[{"a": 1.50}, null]"#);
/// let items: Vec<_> = JsonArray.split(record).map(|it| it.unwrap().into_data()).collect();
/// assert_eq!(items, [r#"{"a": 1.50}"#, "null"]);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct JsonArray;

impl Split for JsonArray {
    fn split(&self, record: Record) -> Items {
        json_items(record, |scanner| {
            if scanner.offset() == 0 {
                scanner.array()?;
            }
            if scanner.item()? {
                return scanner.value().map(Some);
            }
            scanner.end().map(|()| None)
        })
    }
}
