use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use jiff::{Timestamp, tz::TimeZone};
use uuid::Uuid;

use super::failed_record::FailedRecord;
use crate::{
    delivery_stream::{Compression, MEGABYTE, Prefix, PrefixError, object_extension, object_name},
    encoder::Content,
    object_writer::{UploadResult, Uploads},
    store::Store,
};

/// What the function makes of records, on its way into objects.
///
/// Unlike Firehose, it looks at each record's own time of arrival, and not only at the oldest in
/// an object: so a record lies where it would lie if it had not failed.
#[derive(Debug)]
pub struct RecoveredObjects {
    prefix: Prefix,
    compression: Compression,
    delimiter: &'static [u8],
    /// By their prefix, random strings left aside.
    buffers: HashMap<String, Buffer>,
    buffered: u64,
    /// With the records that objects were made of.
    puts: Uploads<Vec<FailedRecord>>,
}

#[derive(Debug)]
struct Buffer {
    content: Content,
    /// For the case that the store does not take them.
    originals: Vec<FailedRecord>,
    originals_held: u64,
    oldest_arrival: Timestamp,
    partition_keys: BTreeMap<String, String>,
}

impl RecoveredObjects {
    /// An object gets no more records once it has so many bytes, before compression.
    const OBJECT: u64 = 64 * MEGABYTE;
    /// What may be held in objects that are being filled, and again in those on their way, the
    /// records that they were made of included.
    const HELD: u64 = 128 * MEGABYTE;
    /// More objects than these are not filled at a time.
    const OPEN: usize = 100;
    /// What the names of objects begin with, in place of the name of a delivery stream.
    const NAME: &str = "replay";

    pub fn new(
        store: Store,
        prefix: Prefix,
        compression: Compression,
        append_delimiter: bool,
    ) -> Self {
        Self {
            prefix,
            compression,
            delimiter: if append_delimiter { b"\n" } else { b"" },
            buffers: HashMap::new(),
            buffered: 0,
            puts: Uploads::new(Arc::new(store)),
        }
    }

    /// Puts what the function made of a record into the object that it belongs to.
    ///
    /// # Errors
    ///
    /// If there is none: a partition key is missing, or makes the prefix too long.
    pub(super) fn add(
        &mut self,
        original: FailedRecord,
        data: &[u8],
        partition_keys: BTreeMap<String, String>,
    ) -> Result<(), (FailedRecord, PrefixError)> {
        let arrival = original.record.arrival_timestamp;
        let prefix = match self.prefix.evaluate(
            &arrival.to_zoned(TimeZone::UTC),
            &partition_keys,
            &mut Uuid::nil,
        ) {
            Ok(prefix) => prefix,
            Err(error) => return Err((original, error)),
        };
        let compression = self.compression;
        let mut held = None;
        let buffer = self
            .buffers
            .entry(prefix.clone())
            .and_modify(|buffer| held = Some(buffer.held()))
            .or_insert_with(|| Buffer::new(compression, partition_keys));
        buffer.push(original, self.delimiter, data);
        self.buffered += buffer.held() - held.unwrap_or_default();
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
        let time = buffer.oldest_arrival.to_zoned(TimeZone::UTC);
        let evaluated = self.prefix.evaluate(&time, &buffer.partition_keys, &mut Uuid::new_v4);
        let extension = object_extension(self.compression, None);
        let prefix = evaluated.unwrap_or_else(|_| prefix.to_owned());
        let key = object_name(&prefix, Self::NAME, 1, &time, extension, Uuid::new_v4());
        let Buffer { content, originals, .. } = buffer;
        self.puts.put(&key, content.finish(), self.compression, held, originals);
    }

    /// Whether there is room for more.
    pub(super) fn has_room(&self) -> bool {
        self.puts.has_room(Self::HELD)
    }

    /// The next object that was put, or was not; `None` if none is on its way.
    pub(super) async fn next_upload(&mut self) -> Option<UploadResult<Vec<FailedRecord>>> {
        self.puts.next().await
    }

    /// Whether no more objects are tried.
    pub(super) fn has_given_up(&self) -> bool {
        self.puts.has_given_up()
    }

    /// Tries no more objects, and returns the records of those that are not on their way.
    pub(super) fn give_up(&mut self) -> Vec<FailedRecord> {
        self.puts.give_up();
        self.buffered = 0;
        self.buffers.drain().flat_map(|(_, buffer)| buffer.originals).collect()
    }
}

impl Buffer {
    fn new(compression: Compression, partition_keys: BTreeMap<String, String>) -> Self {
        Self {
            content: Content::new(compression),
            originals: Vec::new(),
            originals_held: 0,
            oldest_arrival: Timestamp::MAX,
            partition_keys,
        }
    }

    fn push(&mut self, original: FailedRecord, delimiter: &[u8], data: &[u8]) {
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
