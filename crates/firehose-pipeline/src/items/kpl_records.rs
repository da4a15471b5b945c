use firehose_core::{Items, Record, Split};
use kpl_aggregation::{KplUserRecords, has_magic};

/// A splitter of KPL aggregates. A damaged aggregate, for example one that is cut off, cannot be split.
///
/// [`KplUserRecords`] makes it one item. `on_error: drop_item` would then drop this one item, and
/// with it all user records of the aggregate.
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
