use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use jiff::{Timestamp, Zoned, tz::TimeZone};
use tokio::{sync::Semaphore, task::JoinSet};
use uuid::Uuid;

use super::original::Original;
use crate::{
    Compression, Prefix, PrefixError,
    delivery::{Content, DeliveredObject},
    delivery_stream::MEGABYTE,
    object_extension, object_name,
    store::{Store, StoreError},
};

/// What the function makes of records, on its way into objects.
///
/// Unlike Firehose, it looks at each record's own time of arrival, and not only at the oldest in
/// an object: so a record lies where it would lie if it had not failed.
#[derive(Debug)]
pub(crate) struct Recovered {
    store: Arc<Store>,
    prefix: Prefix,
    compression: Compression,
    delimiter: &'static [u8],
    /// By their prefix, random strings left aside.
    buffers: HashMap<String, Buffer>,
    buffered: u64,
    puts: JoinSet<Put>,
    in_flight: u64,
    slots: Arc<Semaphore>,
}

#[derive(Debug)]
struct Buffer {
    content: Content,
    /// For the case that the store does not take them.
    originals: Vec<Original>,
    originals_held: u64,
    oldest_arrival: i64,
    partition_keys: BTreeMap<String, String>,
}

/// An object that was put into the store, or was not.
#[derive(Debug)]
pub(super) struct Put {
    pub(super) object: DeliveredObject,
    pub(super) originals: Vec<Original>,
    /// Without an error if it was not even tried, since the store had failed before.
    pub(super) result: Result<(), Option<StoreError>>,
    held: u64,
}

impl Recovered {
    /// An object gets no more records once it has so many bytes, before compression.
    const OBJECT: u64 = 64 * MEGABYTE;
    /// What may be held in objects that are being filled, and again in those on their way, the
    /// records that they were made of included.
    const HELD: u64 = 128 * MEGABYTE;
    /// More objects than these are not filled at a time.
    const OPEN: usize = 100;
    /// Nor are more on their way into the store: each costs memory, if its records are none to
    /// speak of.
    const ON_THEIR_WAY: usize = 100;
    /// Of these, so many are put at a time.
    const PUTS: usize = 4;
    /// What the names of objects begin with, in place of the name of a delivery stream.
    const NAME: &str = "replay";

    pub(crate) fn new(
        store: Store,
        prefix: Prefix,
        compression: Compression,
        append_delimiter: bool,
    ) -> Self {
        Self {
            store: Arc::new(store),
            prefix,
            compression,
            delimiter: if append_delimiter { b"\n" } else { b"" },
            buffers: HashMap::new(),
            buffered: 0,
            puts: JoinSet::new(),
            in_flight: 0,
            slots: Arc::new(Semaphore::new(Self::PUTS)),
        }
    }

    /// Puts what the function made of a record into the object that it belongs to.
    ///
    /// # Errors
    ///
    /// If there is none: a partition key is missing, or makes the prefix too long.
    pub(super) fn add(
        &mut self,
        original: Original,
        data: &[u8],
        partition_keys: BTreeMap<String, String>,
    ) -> Result<(), (Original, PrefixError)> {
        let arrival = original.record.arrival_timestamp;
        let prefix = match self.prefix.evaluate(&time(arrival), &partition_keys, &mut Uuid::nil) {
            Ok(prefix) => prefix,
            Err(error) => return Err((original, error)),
        };
        let compression = self.compression;
        let buffer = self.buffers.entry(prefix.clone()).or_insert_with(|| Buffer {
            content: Content::new(compression),
            originals: Vec::new(),
            originals_held: 0,
            oldest_arrival: i64::MAX,
            partition_keys,
        });
        let held = buffer.held();
        buffer.push(original, self.delimiter, data);
        self.buffered += buffer.held() - held;
        if buffer.content.written() >= Self::OBJECT {
            self.seal(&prefix);
        }
        while self.buffered > Self::HELD || self.buffers.len() > Self::OPEN {
            let largest = self.buffers.iter().max_by_key(|(_, buffer)| buffer.held());
            let Some(prefix) = largest.map(|(prefix, _)| prefix.clone()) else { break };
            self.seal(&prefix);
        }
        Ok(())
    }

    /// Sends off everything: nothing more will come.
    pub(super) fn seal_all(&mut self) {
        for prefix in self.buffers.keys().cloned().collect::<Vec<_>>() {
            self.seal(&prefix);
        }
    }

    fn seal(&mut self, prefix: &str) {
        let Some(buffer) = self.buffers.remove(prefix) else { return };
        let held = buffer.held();
        self.buffered -= held;
        self.in_flight += held;
        let time = time(buffer.oldest_arrival);
        let evaluated = self.prefix.evaluate(&time, &buffer.partition_keys, &mut Uuid::new_v4);
        let extension = object_extension(self.compression, None);
        let prefix = evaluated.unwrap_or_else(|_| prefix.to_owned());
        let key = object_name(&prefix, Self::NAME, 1, &time, extension, Uuid::new_v4());
        let Buffer { content, originals, .. } = buffer;
        let content = content.finish();
        let bytes = content.iter().map(|piece| piece.len() as u64).sum();
        let object = DeliveredObject { key, records: originals.len() as u64, bytes };
        let (store, slots) = (Arc::clone(&self.store), Arc::clone(&self.slots));
        let compression = self.compression;
        self.puts.spawn(async move {
            let result = match slots.acquire().await {
                Ok(_slot) => store.put(&object.key, content, compression).await.map_err(Some),
                Err(_) => Err(None),
            };
            Put { object, originals, result, held }
        });
    }

    /// Whether there is room for more.
    pub(super) fn has_room(&self) -> bool {
        self.in_flight <= Self::HELD && self.puts.len() < Self::ON_THEIR_WAY
    }

    /// The next object that was put, or was not; `None` if none is on its way.
    pub(super) async fn next_put(&mut self) -> Option<Put> {
        let put = self.puts.join_next().await?.ok()?;
        self.in_flight -= put.held;
        Some(put)
    }

    /// Whether no more objects are tried.
    pub(super) fn has_given_up(&self) -> bool {
        self.slots.is_closed()
    }

    /// Tries no more objects, and returns the records of those that are not on their way.
    pub(super) fn give_up(&mut self) -> Vec<Original> {
        self.slots.close();
        self.buffered = 0;
        self.buffers.drain().flat_map(|(_, buffer)| buffer.originals).collect()
    }
}

impl Buffer {
    fn push(&mut self, original: Original, delimiter: &[u8], data: &[u8]) {
        if !self.originals.is_empty() {
            self.content.push(delimiter);
        }
        self.content.push(data);
        self.oldest_arrival = self.oldest_arrival.min(original.record.arrival_timestamp);
        self.originals_held += original.held();
        self.originals.push(original);
    }

    fn held(&self) -> u64 {
        self.content.held() + self.originals_held
    }
}

/// A line may name any number of milliseconds; those that are no time are 1970.
fn time(arrival: i64) -> Zoned {
    let time = Timestamp::from_millisecond(arrival).unwrap_or_default();
    time.to_zoned(TimeZone::UTC)
}
