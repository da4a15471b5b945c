use bytes::Bytes;
use prost::Message;

use crate::{
    decoded_key_tables::DecodedKeyTables, frame, hash_key::HashKeyRange, lost_records::LostRecords,
    message::AggregateMessage, range_filter::RangeFilter, raw_user_record_iter::RawUserRecordIter,
};

/// Splits a Kinesis record into its user records, without copying them.
///
/// Takes any type that converts into [`Bytes`], such as a `Vec<u8>`. Returns a record that is not
/// an aggregate unchanged, as one plain record. Does the same with a damaged aggregate: one that is
/// too short, or has a wrong magic, a wrong MD5 or protobuf that does not parse. Does not split an
/// aggregate within an aggregate.
///
/// ```
/// let mut aggregator = kpl_aggregation::Aggregator::default();
/// aggregator.add("key-1", None, "one")?;
/// aggregator.add("key-2", Some("7"), "two")?;
/// let aggregate = aggregator.finish().unwrap();
///
/// let records: Vec<_> = kpl_aggregation::deaggregate(aggregate.into_data()).collect::<Result<_, _>>()?;
/// assert_eq!(records[0].data(), "one");
/// assert_eq!((records[1].partition_key(), records[1].explicit_hash_key()), (Some("key-2"), Some("7")));
///
/// let plain = kpl_aggregation::deaggregate("no aggregate").next().unwrap()?;
/// assert_eq!((plain.data().as_ref(), plain.is_aggregated()), (&b"no aggregate"[..], false));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
pub fn deaggregate(record: impl Into<Bytes>) -> RawUserRecordIter {
    Deaggregator::default().deaggregate(record)
}

/// A de-aggregator with options. The function [`deaggregate`] uses the default options.
#[derive(Clone, Copy, Debug, Default)]
pub struct Deaggregator {
    strict: bool,
    range: Option<HashKeyRange>,
}

impl Deaggregator {
    /// Fails a whole aggregate if any of its user records is lost. Default: false.
    ///
    /// The error is then the only item.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Skips aggregates that do not belong to the shard with this range.
    ///
    /// As in the Kinesis Client Library, one user record outside the range is enough to skip the
    /// whole aggregate. The KPL sends all user records of such an aggregate again, to the right
    /// shard. Plain records are never skipped. Other producers may aggregate without regard to
    /// shards, and this option loses their aggregates. So use it only for streams that the KPL
    /// alone writes to.
    #[must_use]
    pub fn hash_key_range(mut self, range: HashKeyRange) -> Self {
        self.range = Some(range);
        self
    }

    /// Splits a Kinesis record. See also the function [`deaggregate`].
    pub fn deaggregate(&self, record: impl Into<Bytes>) -> RawUserRecordIter {
        let record = record.into();
        match frame::open(&record).map(AggregateMessage::decode) {
            Some(Ok(message)) => self.user_records(message),
            Some(Err(_)) | None => RawUserRecordIter::plain(record),
        }
    }

    /// Returns the user records of an aggregate. Checks all of them first, since the range and the
    /// strict mode apply to the whole aggregate.
    fn user_records(&self, message: AggregateMessage) -> RawUserRecordIter {
        let tables = DecodedKeyTables::new(&message.partition_keys, &message.explicit_hash_keys);
        let filter = self.range.map(|range| RangeFilter::new(&tables, range));
        let mut records = message.records;
        let mut lost = None;
        for (number, record) in (0..).zip(&records) {
            let is_inside = tables.indices(record).and_then(|indices| match &filter {
                None => Ok(true),
                Some(filter) => filter.contains(indices),
            });
            match is_inside {
                Ok(true) => {}
                Ok(false) => return RawUserRecordIter::skipped(),
                Err(reason) => {
                    let first = if self.strict { 0 } else { number };
                    let count = records.len() as u64 - first;
                    lost = Some(LostRecords { first, count, at: number, reason });
                    break;
                }
            }
        }
        if let Some(lost) = &lost {
            records.truncate(usize::try_from(lost.first).unwrap_or(usize::MAX));
        }
        RawUserRecordIter::aggregate(tables, records, lost)
    }
}
