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
            Some(Err(_)) | None => Deaggregated(Items::Plain(Some(record))),
        }
    }

    /// All of it is checked before any of it is handed out, since the range and the
    /// strictness decide on the aggregate as a whole.
    fn user_records(&self, message: AggregatedRecord) -> Deaggregated {
        let tables = Tables::new(&message.partition_keys, &message.explicit_hash_keys);
        let mut records = message.records;
        let mut lost = None;
        for (number, record) in (0..).zip(&records) {
            match tables.keys(record).and_then(|keys| self.is_inside(keys)) {
                Ok(true) => {}
                Ok(false) => return Deaggregated(Items::Plain(None)),
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
        Deaggregated(Items::Aggregate { tables, records: records.into_iter(), next: 0, lost })
    }

    fn is_inside(&self, (partition_key, hash_key): Keys<'_>) -> Result<bool, Reason> {
        let Some(range) = self.range else { return Ok(true) };
        let key = match hash_key {
            Some(hash_key) => hash_key.parse().map_err(|_| Reason::ExplicitHashKeyText)?,
            None => HashKey::of_partition_key(partition_key),
        };
        Ok(range.contains(key))
    }
}

/// The two tables of keys, as text.
#[derive(Clone, Debug)]
struct Tables {
    partition_keys: Vec<ByteString>,
    explicit_hash_keys: Vec<ByteString>,
}

/// The partition key of a user record, and its explicit hash key.
type Keys<'a> = (&'a ByteString, Option<&'a ByteString>);

impl Tables {
    fn new(partition_keys: &[Bytes], explicit_hash_keys: &[Bytes]) -> Self {
        let text = |keys: &[Bytes]| keys.iter().map(text).collect();
        Self { partition_keys: text(partition_keys), explicit_hash_keys: text(explicit_hash_keys) }
    }

    /// Looks the keys up. Indices are compared as they are: cut to 32 bits, as the Kinesis
    /// Client Library has them, 2^32 would be entry 0.
    fn keys(&self, record: &Record) -> Result<Keys<'_>, Reason> {
        let index = record.partition_key_index;
        let keys = self.partition_keys.len();
        let partition_key =
            entry(&self.partition_keys, index).ok_or(Reason::PartitionKeyIndex { index, keys })?;
        let explicit_hash_key = match record.explicit_hash_key_index {
            Some(index) if !self.explicit_hash_keys.is_empty() => {
                let keys = self.explicit_hash_keys.len();
                let reason = Reason::ExplicitHashKeyIndex { index, keys };
                Some(entry(&self.explicit_hash_keys, index).ok_or(reason)?)
            }
            // An index into a table that is not there is no key, as the Python peer has it.
            Some(_) | None => None,
        };
        Ok((partition_key, explicit_hash_key))
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
pub struct Deaggregated(Items);

#[derive(Clone, Debug)]
enum Items {
    Plain(Option<Bytes>),
    /// The records that were checked, and what is lost after them.
    Aggregate {
        tables: Tables,
        records: vec::IntoIter<Record>,
        next: u64,
        lost: Option<LostRecords>,
    },
}

impl Iterator for Deaggregated {
    type Item = Result<RawUserRecord, LostRecords>;

    fn next(&mut self) -> Option<Self::Item> {
        let (tables, records, next, lost) = match &mut self.0 {
            Items::Plain(record) => return record.take().map(RawUserRecord::plain).map(Ok),
            Items::Aggregate { tables, records, next, lost } => (tables, records, next, lost),
        };
        let Some((record, Ok((partition_key, explicit_hash_key)))) = records.next().map(|record| {
            let keys = tables.keys(&record);
            (record, keys)
        }) else {
            return lost.take().map(Err);
        };
        let sub_sequence_number = *next;
        *next += 1;
        Some(Ok(RawUserRecord {
            partition_key: Some(partition_key.clone()),
            explicit_hash_key: explicit_hash_key.cloned(),
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
