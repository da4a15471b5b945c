use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use jiff::Timestamp;
use tokio::time::Instant;

use super::{object_keys::ObjectKeys, position_ranges::PositionRanges};
use crate::{
    delivery_stream::{BufferingHints, DeliveryFailure, DeliveryStream, ErrorLine, StreamRecord},
    object_writer::{ObjectBuffer, UploadResult, Uploads},
    store::Store,
};

/// The objects of a delivery stream: those that are being filled, and those on their way into
/// the store.
#[derive(Debug)]
pub struct ObjectDestination {
    stream: Arc<DeliveryStream>,
    keys: ObjectKeys,
    buffers: HashMap<ObjectKind, ObjectBuffer>,
    puts: Uploads<ObjectSummary>,
    /// What buffers hold.
    buffered: u64,
    /// How much memory buffers may take, and how much what is on its way into the store.
    budget: u64,
}

/// What goes into one object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ObjectKind {
    /// Records with these values of the partition keys in the prefix; without any, all records.
    Partition(Vec<String>),
    /// Failed records of an error output type.
    Failed(&'static str),
}

/// What is known of an object on its way.
#[derive(Debug)]
pub(crate) struct ObjectSummary {
    pub(crate) positions: PositionRanges,
    /// By error code, if they are failed records.
    pub(crate) failed: BTreeMap<&'static str, u64>,
}

impl ObjectDestination {
    /// Firehose's limit for a delivery stream, unless it is raised:
    /// <https://docs.aws.amazon.com/firehose/latest/dev/limits.html>.
    const MAX_PARTITIONS: usize = 500;

    /// Objects that take at most so many bytes of memory, half of them in buffers.
    pub fn new(
        stream: Arc<DeliveryStream>,
        keys: ObjectKeys,
        store: Arc<Store>,
        memory: u64,
    ) -> Self {
        Self {
            stream,
            keys,
            buffers: HashMap::new(),
            puts: Uploads::new(store),
            buffered: 0,
            budget: memory / 2,
        }
    }

    /// Puts a record into the object of its partition.
    ///
    /// # Errors
    ///
    /// If it has none: a partition key is missing or too long, or there are too many.
    pub(crate) fn deliver(
        &mut self,
        record: &StreamRecord,
        data: &[u8],
        partition_keys: &BTreeMap<String, String>,
    ) -> Result<(), DeliveryFailure> {
        let kind = ObjectKind::Partition(self.keys.partition(partition_keys)?);
        if !self.buffers.contains_key(&kind) {
            let is_partition = |kind: &&ObjectKind| matches!(kind, ObjectKind::Partition(_));
            if self.buffers.keys().filter(is_partition).count() >= Self::MAX_PARTITIONS {
                return Err(DeliveryFailure::TooManyPartitions);
            }
            // Found here, a key that makes no object costs this record alone.
            self.keys.check(&kind, record.arrival_timestamp)?;
        }
        let delimiter: &[u8] = if self.stream.append_delimiter { b"\n" } else { b"" };
        self.add(&kind, |buffer| {
            buffer.push(record.position, record.arrival_timestamp, delimiter, data);
        });
        Ok(())
    }

    /// Puts the original of a record that failed among those of its error output type.
    pub(crate) fn fail(
        &mut self,
        record: &StreamRecord,
        failure: DeliveryFailure,
        attempts: u32,
        ended: Timestamp,
    ) {
        let lambda = self.stream.lambda.as_ref();
        let line = ErrorLine {
            error_code: Some(failure.error_code().into()),
            error_message: Some(failure.error_message().into()),
            attempts_made: Some(attempts.into()),
            arrival_timestamp: Some(record.arrival_timestamp),
            attempt_ending_timestamp: Some(ended),
            lambda_arn: lambda.map(|lambda| lambda.lambda_arn.clone().into()),
            ..ErrorLine::new(record.data.clone())
        };
        let mut text = Vec::new();
        line.write(&mut text);
        let (position, arrival) = (record.position, record.arrival_timestamp);
        self.add(&ObjectKind::Failed(failure.error_output_type()), |buffer| {
            buffer.push_failed(position, arrival, failure.error_code(), &text);
        });
    }

    fn add(&mut self, kind: &ObjectKind, push: impl FnOnce(&mut ObjectBuffer)) {
        let hints = self.hints();
        let compression = self.stream.destination.compression;
        let mut held = None;
        let buffer = self
            .buffers
            .entry(kind.clone())
            .and_modify(|buffer| held = Some(buffer.held()))
            .or_insert_with(|| ObjectBuffer::new(compression, hints, Instant::now()));
        push(buffer);
        self.buffered += buffer.held() - held.unwrap_or_default();
        if buffer.is_full(hints) {
            self.seal(kind);
        }
        // Hints are hints: where memory runs short, the largest object goes early.
        while self.buffered > self.budget {
            let largest = self.buffers.iter().max_by_key(|(_, buffer)| buffer.held());
            let Some(kind) = largest.map(|(kind, _)| kind.clone()) else { break };
            self.seal(&kind);
        }
    }

    /// When the next object has waited for long enough.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.buffers.values().map(ObjectBuffer::deadline).min()
    }

    /// Sends off what has waited for long enough.
    pub(crate) fn seal_due(&mut self, now: Instant) {
        self.seal_where(|buffer| buffer.deadline() <= now);
    }

    /// Sends off everything: nothing more will come.
    pub(crate) fn seal_all(&mut self) {
        self.seal_where(|_| true);
    }

    fn seal_where(&mut self, wanted: impl Fn(&ObjectBuffer) -> bool) {
        let wanted = self.buffers.iter().filter(|(_, buffer)| wanted(buffer));
        for kind in wanted.map(|(kind, _)| kind.clone()).collect::<Vec<_>>() {
            self.seal(&kind);
        }
    }

    /// Sends an object off to the store.
    fn seal(&mut self, kind: &ObjectKind) {
        let Some(buffer) = self.buffers.remove(kind) else { return };
        let held = buffer.held();
        self.buffered -= held;
        let key = self.keys.key(kind, buffer.oldest_arrival(), buffer.first_arrival());
        let (content, positions, failed) = buffer.into_parts();
        let compression = self.stream.destination.compression;
        self.puts.put(
            &key,
            content.finish(),
            compression,
            held,
            ObjectSummary { positions, failed },
        );
    }

    /// Whether nothing is being filled, and nothing is on its way.
    pub(crate) fn is_empty(&self) -> bool {
        self.buffers.is_empty() && self.puts.is_empty()
    }

    /// Whether there is room for more.
    pub(crate) fn has_room(&self) -> bool {
        self.puts.has_room(self.budget)
    }

    /// The next object that was put, or was not; `None` if none is on its way.
    pub(crate) async fn next_upload(&mut self) -> Option<UploadResult<ObjectSummary>> {
        self.puts.next().await
    }

    /// Tries no more objects, and returns the records in buffers.
    pub(crate) fn give_up(&mut self) -> PositionRanges {
        self.puts.give_up();
        self.buffered = 0;
        let mut all = PositionRanges::default();
        for (_, buffer) in self.buffers.drain() {
            let (_, positions, _) = buffer.into_parts();
            all.merge(positions);
        }
        all
    }

    fn hints(&self) -> BufferingHints {
        self.stream.destination.buffering
    }
}
