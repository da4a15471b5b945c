use std::{fmt, iter::FusedIterator, vec};

use bytes::Bytes;

use crate::{
    decoded_key_tables::DecodedKeyTables, lost_records::LostRecords, message::RecordMessage,
    raw_user_record::RawUserRecord,
};

/// An iterator over the user records of one Kinesis record.
///
/// At most one item is an error, and it is the last one. See also
/// [`deaggregate`](crate::deaggregate).
#[derive(Clone)]
pub struct RawUserRecordIter(Items);

#[derive(Clone)]
enum Items {
    Plain(Option<Bytes>),
    /// The checked records, and the error for the lost records after them.
    Aggregate {
        tables: DecodedKeyTables,
        records: vec::IntoIter<RecordMessage>,
        next: u64,
        lost: Option<LostRecords>,
    },
}

impl RawUserRecordIter {
    pub(crate) fn plain(record: Bytes) -> Self {
        Self(Items::Plain(Some(record)))
    }

    pub(crate) fn skipped() -> Self {
        Self(Items::Plain(None))
    }

    /// Creates an iterator over the records, and then `lost`. The indices of the records must be
    /// within the tables.
    pub(crate) fn aggregate(
        tables: DecodedKeyTables,
        records: Vec<RecordMessage>,
        lost: Option<LostRecords>,
    ) -> Self {
        Self(Items::Aggregate { tables, records: records.into_iter(), next: 0, lost })
    }
}

impl Iterator for RawUserRecordIter {
    type Item = Result<RawUserRecord, LostRecords>;

    fn next(&mut self) -> Option<Self::Item> {
        let (tables, records, next, lost) = match &mut self.0 {
            Items::Plain(record) => return record.take().map(RawUserRecord::plain).map(Ok),
            Items::Aggregate { tables, records, next, lost } => (tables, records, next, lost),
        };
        let Some(record) = records.next() else { return lost.take().map(Err) };
        // `Deaggregator` has checked the indices, so `?` never ends the iteration.
        let indices = tables.indices(&record).ok()?;
        let sub_sequence_number = *next;
        *next += 1;
        let explicit_hash_key =
            indices.explicit_hash_key.map(|index| tables.explicit_hash_keys[index].clone());
        Some(Ok(RawUserRecord {
            partition_key: Some(tables.partition_keys[indices.partition_key].clone()),
            explicit_hash_key,
            data: record.data,
            sub_sequence_number,
            aggregated: true,
        }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let items = match &self.0 {
            Items::Plain(record) => usize::from(record.is_some()),
            Items::Aggregate { records, lost, .. } => records.len() + usize::from(lost.is_some()),
        };
        (items, Some(items))
    }
}

impl fmt::Debug for RawUserRecordIter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawUserRecordIter").field("items", &self.len()).finish_non_exhaustive()
    }
}

impl ExactSizeIterator for RawUserRecordIter {}

impl FusedIterator for RawUserRecordIter {}
