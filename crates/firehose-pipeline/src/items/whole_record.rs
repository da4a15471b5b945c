use firehose_core::{Items, Record, Split};

/// A splitter whose only item is the record.
pub(crate) struct WholeRecord;

impl Split for WholeRecord {
    fn split(&self, record: Record) -> Items {
        Box::new([Ok(record)].into_iter())
    }
}
