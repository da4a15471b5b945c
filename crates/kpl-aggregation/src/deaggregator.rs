use bytes::Bytes;
use prost::Message;

use crate::{
    deaggregated::Deaggregated, frame, hash_key::HashKeyRange, lost_records::LostRecords,
    message::AggregateMessage, range_filter::RangeFilter, table_lookup::TableLookup,
};

/// Splits a Kinesis record into its user records, without copying them.
///
/// Takes [`Bytes`], or a `Vec<u8>`, which becomes [`Bytes`]. A record that is not an aggregate, or
/// is a damaged one (short, wrong magic, wrong MD5, protobuf that does not parse), is returned
/// unchanged, as one plain record. Aggregates within aggregates stay as they are.
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
pub fn deaggregate(record: impl Into<Bytes>) -> Deaggregated {
    Deaggregator::default().deaggregate(record)
}

/// A de-aggregator with options. Without options, [`deaggregate`] does the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct Deaggregator {
    strict: bool,
    range: Option<HashKeyRange>,
}

impl Deaggregator {
    /// Makes an aggregate with lost records an error as a whole. Default: false.
    ///
    /// The error is then the first and only item.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Skips aggregates that do not belong to a shard of this range.
    ///
    /// As in the Kinesis Client Library, one user record outside the range skips the whole
    /// aggregate, since the KPL sends all of it again to the shard where it belongs. Plain records
    /// are never skipped. Other producers may aggregate without regard to shards: this option loses
    /// their aggregates, so use it only for streams that the KPL alone writes to.
    #[must_use]
    pub fn hash_key_range(mut self, range: HashKeyRange) -> Self {
        self.range = Some(range);
        self
    }

    /// Splits a Kinesis record. See also the function [`deaggregate`].
    pub fn deaggregate(&self, record: impl Into<Bytes>) -> Deaggregated {
        let record = record.into();
        match frame::open(&record).map(AggregateMessage::decode) {
            Some(Ok(message)) => self.user_records(message),
            Some(Err(_)) | None => Deaggregated::plain(record),
        }
    }

    /// Checks the whole aggregate before it returns the first user record, since the range and the
    /// strictness decide on the aggregate as a whole.
    fn user_records(&self, message: AggregateMessage) -> Deaggregated {
        let tables = TableLookup::new(&message.partition_keys, &message.explicit_hash_keys);
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
                Ok(false) => return Deaggregated::skipped(),
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
        Deaggregated::aggregate(tables, records, lost)
    }
}
