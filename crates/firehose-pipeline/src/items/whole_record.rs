use firehose_core::{Items, Record, Split};

/// A splitter that returns the whole record as the only item.
pub(crate) struct WholeRecord;

impl Split for WholeRecord {
    fn split(&self, record: Record) -> Items {
        Box::new([Ok(record)].into_iter())
    }
}
