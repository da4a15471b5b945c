use firehose_core::{Items, Record, Split};
use kpl_aggregation::KplUserRecords;

/// The first bytes of an aggregate. They are not UTF-8, so no text and no JSON begins with them.
const MAGIC: [u8; 4] = [0xf3, 0x89, 0x9a, 0xc2];

/// A splitter of KPL aggregates. A damaged aggregate, for example one that is cut off, cannot be split.
///
/// [`KplUserRecords`] makes it one item. `on_error: drop_item` would then drop this one item, and
/// with it all user records of the aggregate.
pub(crate) struct KplRecords;

impl Split for KplRecords {
    fn split(&self, record: Record) -> Items {
        let (is_framed, length) = (record.data().starts_with(&MAGIC), record.data().len());
        Box::new(KplUserRecords.split(record).map(move |item| match item {
            // A user record is shorter than its aggregate.
            Ok(item) if is_framed && item.data().len() == length => {
                Err("the KPL aggregate is damaged, so its user records cannot be read".into())
            }
            item => item,
        }))
    }
}
