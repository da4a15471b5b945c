use std::{fmt, iter::FusedIterator, vec};

use bytes::Bytes;
use bytestring::ByteString;
use prost::Message;

use crate::{
    HashKey, HashKeyRange, LostRecords, frame,
    lost_records::Reason,
    message::{AggregatedRecord, Record},
};

/// Splits a Kinesis record into its user records, without copying them: from [`Bytes`], or
/// from a `Vec<u8>`, which becomes one.
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
/// let plain = kpl_aggregation::deaggregate("no aggregate").next().unwrap()?;
/// assert_eq!((plain.data().as_ref(), plain.is_aggregated()), (&b"no aggregate"[..], false));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
pub fn deaggregate(record: impl Into<Bytes>) -> Deaggregated {
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
    pub fn deaggregate(&self, record: impl Into<Bytes>) -> Deaggregated {
        let record = record.into();
        match frame::open(&record).map(AggregatedRecord::decode) {
            Some(Ok(message)) => self.user_records(message),
            Some(Err(_)) | None => Deaggregated(Items::Plain(Some(record))),
        }
    }

    /// All of it is checked before any of it is handed out, since the range and the
    /// strictness decide on the aggregate as a whole.
    fn user_records(&self, message: AggregatedRecord) -> Deaggregated {
        let tables = Tables::new(&message.partition_keys, &message.explicit_hash_keys);
        let inside = self.range.map(|range| Inside::new(&tables, range));
        let mut records = message.records;
        let mut lost = None;
        for (number, record) in (0..).zip(&records) {
            let is_inside = tables.indices(record).and_then(|indices| match &inside {
                None => Ok(true),
                Some(inside) => inside.has(indices),
            });
            match is_inside {
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
}

/// Which keys of the tables belong into a range: worked out once for each key, since any
/// number of user records may point to it.
struct Inside {
    partition_keys: Vec<bool>,
    /// `None` for what is no hash key.
    explicit_hash_keys: Vec<Option<bool>>,
}

impl Inside {
    fn new(tables: &Tables, range: HashKeyRange) -> Self {
        let of_partition_key = |key: &ByteString| range.contains(HashKey::of_partition_key(key));
        let explicit = |key: &ByteString| key.parse().ok().map(|key| range.contains(key));
        Self {
            partition_keys: tables.partition_keys.iter().map(of_partition_key).collect(),
            explicit_hash_keys: tables.explicit_hash_keys.iter().map(explicit).collect(),
        }
    }

    fn has(&self, (partition_key, explicit_hash_key): Indices) -> Result<bool, Reason> {
        match explicit_hash_key {
            Some(index) => self.explicit_hash_keys[index].ok_or(Reason::ExplicitHashKeyText),
            None => Ok(self.partition_keys[partition_key]),
        }
    }
}

/// The two tables of keys, as text.
#[derive(Clone)]
struct Tables {
    partition_keys: Vec<ByteString>,
    explicit_hash_keys: Vec<ByteString>,
}

/// Where the partition key of a user record stands, and its explicit hash key; both within
/// the tables.
type Indices = (usize, Option<usize>);

impl Tables {
    fn new(partition_keys: &[Bytes], explicit_hash_keys: &[Bytes]) -> Self {
        let text = |keys: &[Bytes]| keys.iter().map(text).collect();
        Self { partition_keys: text(partition_keys), explicit_hash_keys: text(explicit_hash_keys) }
    }

    /// Checks the indices of a record. They are compared as they are: cut to 32 bits, as the
    /// Kinesis Client Library has them, 2^32 would be entry 0.
    fn indices(&self, record: &Record) -> Result<Indices, Reason> {
        let index = record.partition_key_index;
        let keys = self.partition_keys.len();
        let partition_key = within(index, keys).ok_or(Reason::PartitionKeyIndex { index, keys })?;
        let keys = self.explicit_hash_keys.len();
        let explicit_hash_key = match record.explicit_hash_key_index {
            Some(index) if keys > 0 => {
                Some(within(index, keys).ok_or(Reason::ExplicitHashKeyIndex { index, keys })?)
            }
            // An index into a table that is not there is no key, as the Python peer has it.
            Some(_) | None => None,
        };
        Ok((partition_key, explicit_hash_key))
    }
}

fn within(index: u64, length: usize) -> Option<usize> {
    usize::try_from(index).ok().filter(|index| *index < length)
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
#[derive(Clone)]
pub struct Deaggregated(Items);

#[derive(Clone)]
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
        let Some(record) = records.next() else { return lost.take().map(Err) };
        // They were checked; a record that fails all the same would be no record.
        let (partition_key, explicit_hash_key) = tables.indices(&record).ok()?;
        let sub_sequence_number = *next;
        *next += 1;
        Some(Ok(RawUserRecord {
            partition_key: Some(tables.partition_keys[partition_key].clone()),
            explicit_hash_key: explicit_hash_key.map(|at| tables.explicit_hash_keys[at].clone()),
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

impl fmt::Debug for Deaggregated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deaggregated").field("items", &self.len()).finish_non_exhaustive()
    }
}

impl ExactSizeIterator for Deaggregated {}

impl FusedIterator for Deaggregated {}

/// One user record: slices of the Kinesis record that it came in.
///
/// `Debug` shows the length of the data and never the data, so that a record can be logged
/// without leaking payload.
#[derive(Clone, PartialEq, Eq)]
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

impl fmt::Debug for RawUserRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawUserRecord")
            .field("partition_key", &self.partition_key())
            .field("explicit_hash_key", &self.explicit_hash_key())
            .field("data", &format_args!("{} bytes", self.data.len()))
            .field("sub_sequence_number", &self.sub_sequence_number)
            .field("aggregated", &self.aggregated)
            .finish()
    }
}
