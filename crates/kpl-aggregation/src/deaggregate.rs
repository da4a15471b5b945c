use std::{iter::FusedIterator, vec};

use bytes::Bytes;
use bytestring::ByteString;
use prost::Message;

use crate::{
    HashKey, HashKeyRange, LostRecords,
    error::Reason,
    frame,
    message::{AggregatedRecord, Record},
};

/// Splits a Kinesis record into its user records, without copying them.
///
/// A record that is no aggregate, or a damaged one (short, wrong magic, wrong MD5, protobuf
/// that does not parse), comes back as it is, as one plain record. Aggregates within
/// aggregates stay as they are.
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
/// let plain = kpl_aggregation::deaggregate("no aggregate".into()).next().unwrap()?;
/// assert_eq!((plain.data().as_ref(), plain.is_aggregated()), (&b"no aggregate"[..], false));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
pub fn deaggregate(record: Bytes) -> Deaggregated {
    Deaggregator::default().deaggregate(record)
}

/// [`deaggregate`], with options.
#[derive(Clone, Copy, Debug, Default)]
pub struct Deaggregator {
    strict: bool,
    range: Option<HashKeyRange>,
}

impl Deaggregator {
    /// Makes an aggregate with lost records an error as a whole: the error is the first and
    /// only item.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Lets only aggregates through that belong to a shard of this range.
    ///
    /// As in the Kinesis Client Library, one user record outside it leaves out the whole
    /// aggregate, since the KPL sends all of it again to the shard where it belongs. Plain
    /// records are never left out. An aggregate made without regard to shards, as other
    /// producers make them, is lost by this: use it for streams of the KPL alone.
    #[must_use]
    pub fn hash_key_range(mut self, range: HashKeyRange) -> Self {
        self.range = Some(range);
        self
    }

    /// Splits a Kinesis record: see [`deaggregate`].
    pub fn deaggregate(&self, record: Bytes) -> Deaggregated {
        match frame::open(&record).map(AggregatedRecord::decode) {
            Some(Ok(message)) => self.user_records(message),
            Some(Err(_)) | None => Deaggregated::new(vec![RawUserRecord::plain(record)], None),
        }
    }

    /// All of it is read before any of it is handed out, since the range and the strictness
    /// decide on the aggregate as a whole.
    fn user_records(&self, message: AggregatedRecord) -> Deaggregated {
        let tables = Tables::new(&message.partition_keys, &message.explicit_hash_keys);
        let count = message.records.len() as u64;
        let mut records = Vec::with_capacity(message.records.len());
        for (number, record) in (0..).zip(message.records) {
            let read = tables.user_record(number, record).and_then(|record| {
                let inside = self.is_inside(&record)?;
                Ok((record, inside))
            });
            match read {
                Ok((record, true)) => records.push(record),
                Ok((_, false)) => return Deaggregated::new(Vec::new(), None),
                Err(reason) if self.strict => {
                    let lost = LostRecords { first: 0, count, at: number, reason };
                    return Deaggregated::new(Vec::new(), Some(lost));
                }
                Err(reason) => {
                    let count = count - number;
                    let lost = LostRecords { first: number, count, at: number, reason };
                    return Deaggregated::new(records, Some(lost));
                }
            }
        }
        Deaggregated::new(records, None)
    }

    fn is_inside(&self, record: &RawUserRecord) -> Result<bool, Reason> {
        let Some(range) = self.range else {
            return Ok(true);
        };
        let key = match (&record.explicit_hash_key, &record.partition_key) {
            (Some(key), _) => key.parse().map_err(|_| Reason::ExplicitHashKeyText)?,
            (None, key) => HashKey::of_partition_key(key.as_deref().unwrap_or_default()),
        };
        Ok(range.contains(key))
    }
}

/// The two tables of keys, as text.
struct Tables {
    partition_keys: Vec<ByteString>,
    explicit_hash_keys: Vec<ByteString>,
}

impl Tables {
    fn new(partition_keys: &[Bytes], explicit_hash_keys: &[Bytes]) -> Self {
        let text = |keys: &[Bytes]| keys.iter().map(text).collect();
        Self { partition_keys: text(partition_keys), explicit_hash_keys: text(explicit_hash_keys) }
    }

    /// Looks the keys up. Indices are compared as they are: cut to 32 bits, as the Kinesis
    /// Client Library has them, 2^32 would be entry 0.
    fn user_record(&self, number: u64, record: Record) -> Result<RawUserRecord, Reason> {
        let index = record.partition_key_index;
        let keys = self.partition_keys.len();
        let partition_key =
            entry(&self.partition_keys, index).ok_or(Reason::PartitionKeyIndex { index, keys })?;
        let explicit_hash_key = match record.explicit_hash_key_index {
            Some(index) if !self.explicit_hash_keys.is_empty() => {
                let keys = self.explicit_hash_keys.len();
                let key = entry(&self.explicit_hash_keys, index)
                    .ok_or(Reason::ExplicitHashKeyIndex { index, keys })?;
                Some(key.clone())
            }
            // An index into a table that is not there is no key, as the Python peer has it.
            Some(_) | None => None,
        };
        Ok(RawUserRecord {
            partition_key: Some(partition_key.clone()),
            explicit_hash_key,
            data: record.data,
            sub_sequence_number: number,
            aggregated: true,
        })
    }
}

fn entry(keys: &[ByteString], index: u64) -> Option<&ByteString> {
    keys.get(usize::try_from(index).ok()?)
}

/// Keys are text; what is not UTF-8 in them becomes U+FFFD, as in the Kinesis Client Library.
fn text(key: &Bytes) -> ByteString {
    match ByteString::try_from(key.clone()) {
        Ok(text) => text,
        Err(_) => String::from_utf8_lossy(key).into_owned().into(),
    }
}

/// The user records of one Kinesis record: see [`deaggregate`]. At most the last item is an
/// error.
#[derive(Clone, Debug)]
pub struct Deaggregated {
    records: vec::IntoIter<RawUserRecord>,
    lost: Option<LostRecords>,
}

impl Deaggregated {
    fn new(records: Vec<RawUserRecord>, lost: Option<LostRecords>) -> Self {
        Self { records: records.into_iter(), lost }
    }
}

impl Iterator for Deaggregated {
    type Item = Result<RawUserRecord, LostRecords>;

    fn next(&mut self) -> Option<Self::Item> {
        self.records.next().map(Ok).or_else(|| self.lost.take().map(Err))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let items = self.records.len() + usize::from(self.lost.is_some());
        (items, Some(items))
    }
}

impl ExactSizeIterator for Deaggregated {}

impl FusedIterator for Deaggregated {}

/// One user record: slices of the Kinesis record that it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawUserRecord {
    partition_key: Option<ByteString>,
    explicit_hash_key: Option<ByteString>,
    data: Bytes,
    sub_sequence_number: u64,
    aggregated: bool,
}

impl RawUserRecord {
    fn plain(data: Bytes) -> Self {
        Self {
            partition_key: None,
            explicit_hash_key: None,
            data,
            sub_sequence_number: 0,
            aggregated: false,
        }
    }

    /// The partition key that the producer gave; `None` for a plain record, whose key is that
    /// of the Kinesis record itself.
    pub fn partition_key(&self) -> Option<&str> {
        self.partition_key.as_deref()
    }

    /// The explicit hash key, if the producer gave one: decimal text.
    pub fn explicit_hash_key(&self) -> Option<&str> {
        self.explicit_hash_key.as_deref()
    }

    /// The payload.
    pub fn data(&self) -> &Bytes {
        &self.data
    }

    /// The payload by value.
    pub fn into_data(self) -> Bytes {
        self.data
    }

    /// The position within the aggregate, from 0; 0 for a plain record.
    pub fn sub_sequence_number(&self) -> u64 {
        self.sub_sequence_number
    }

    /// Whether it came out of an aggregate.
    pub fn is_aggregated(&self) -> bool {
        self.aggregated
    }
}
