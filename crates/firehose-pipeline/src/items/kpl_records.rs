use firehose_core::{Items, Record, Split};
use kpl_aggregation::{KplUserRecords, has_magic};

/// A splitter of KPL aggregates that fails a record whose aggregate is damaged, such as cut off.
///
/// [`KplUserRecords`] alone returns a damaged aggregate as one item. If a step failed on this item,
/// `on_error: drop_item` would drop it, and all user records of the aggregate would be lost.
pub(crate) struct KplRecords;

impl Split for KplRecords {
    fn split(&self, record: Record) -> Items {
        let (has_magic, length) = (has_magic(record.data()), record.data().len());
        Box::new(KplUserRecords.split(record).map(move |item| match item {
            // A user record is shorter than its aggregate.
            Ok(item) if has_magic && item.data().len() == length => {
                Err("the KPL aggregate is damaged, so its user records cannot be read".into())
            }
            item => item,
        }))
    }
}
