use std::sync::Arc;

use firehose_runtime::contract::IcebergAnswer;

use super::{
    failed_record::FailedRecord, recovered_format::RecoveredFormat,
    recovered_layout::RecoveredLayout,
};
use crate::{
    delivery_stream::{DeliveryFailure, KeySource, MEGABYTE, PartitionKeys},
    destinations::FolderForm,
    objects::{ObjectContents, ObjectLimits, ObjectWriter, UploadResult},
    store::Store,
};

/// The objects that a replay makes from the outputs of the function.
///
/// Firehose evaluates the prefix at the arrival of the oldest record in an object. A replay
/// evaluates the prefix at the arrival of each record, so the prefix of a record does not depend on
/// the other records of the replay. The prefix may differ from that of Firehose, if the oldest
/// record of Firehose's object arrived in an earlier period.
#[derive(Debug)]
pub struct RecoveredObjects {
    writer: ObjectWriter<RecoveredLayout, FailedRecords>,
    /// `true` until the warning about double newlines; always `false` without delimiters.
    checks_delimiters: bool,
}

/// The records of one object, kept in case its upload fails.
#[derive(Debug, Default)]
pub(super) struct FailedRecords {
    pub(super) records: Vec<FailedRecord>,
    held: u64,
}

impl RecoveredObjects {
    /// The length of a complete object, in bytes before compression.
    const OBJECT_BYTES: u64 = 64 * MEGABYTE;
    /// The memory of open objects in bytes, including the original records. The memory of the
    /// uploads has the same limit.
    const MEMORY: u64 = 128 * MEGABYTE;
    /// The limit of open objects.
    const OPEN_OBJECTS: usize = 100;

    /// Creates a writer without objects.
    pub fn new(store: Store, format: RecoveredFormat) -> Self {
        let limits = ObjectLimits {
            object_bytes: Self::OBJECT_BYTES,
            interval: None,
            memory: Self::MEMORY,
            open_objects: Self::OPEN_OBJECTS,
        };
        let checks_delimiters = format.append_delimiter && !format.trims_newline;
        let writer = ObjectWriter::new(RecoveredLayout { format }, limits, Arc::new(store));
        Self { writer, checks_delimiters }
    }

    /// Returns `true` for the first output that ends in a newline, if the objects have delimiters.
    pub(super) fn is_first_doubled(&mut self, data: &[u8]) -> bool {
        let is_doubled = self.checks_delimiters && data.ends_with(b"\n");
        self.checks_delimiters &= !is_doubled;
        is_doubled
    }

    /// Adds the function's output for a record to the object of its group.
    ///
    /// # Errors
    ///
    /// If the output belongs to no object, because a partition key is missing or makes the prefix
    /// too long, or because an Iceberg table is missing. The error returns the record.
    pub(super) fn add(
        &mut self,
        record: FailedRecord,
        data: &[u8],
        partition_keys: PartitionKeys<'_>,
        iceberg: &IcebergAnswer,
    ) -> Result<(), (FailedRecord, DeliveryFailure)> {
        let arrival = record.record.arrival_timestamp;
        let layout = self.writer.layout();
        match layout.group(arrival, partition_keys, iceberg) {
            Ok(group) => {
                let data = FolderForm::record(layout.format.trims_newline, data);
                self.writer.add(&group, record, arrival, data)
            }
            Err(failure) => Err((record, failure)),
        }
    }

    /// Returns the names of the partition keys in the prefix that the function gives.
    pub(super) fn partition_keys(&self) -> Vec<String> {
        let format = &self.writer.layout().format;
        match format.names_tables() {
            true => Vec::new(),
            false => format.prefix.keys_of(KeySource::Lambda).map(str::to_owned).collect(),
        }
    }

    /// Uploads all open objects.
    pub(super) fn flush(&mut self) {
        self.writer.flush(None);
    }

    /// Returns `true` if the caller may add a record.
    pub(super) fn has_room(&self) -> bool {
        self.writer.has_room()
    }

    /// Waits for the end of an upload; returns `None` if there are no uploads.
    pub(super) async fn next_upload(&mut self) -> Option<UploadResult<FailedRecords>> {
        self.writer.next_upload().await
    }

    /// Returns `true` after [`give_up`](Self::give_up).
    pub(super) fn has_given_up(&self) -> bool {
        self.writer.has_given_up()
    }

    /// Cancels the uploads that have not begun, and returns the records of the open objects.
    pub(super) fn give_up(&mut self) -> Vec<FailedRecord> {
        self.writer.give_up().flat_map(|contents| contents.records).collect()
    }
}

impl ObjectContents for FailedRecords {
    type Record = FailedRecord;

    fn push(&mut self, record: FailedRecord) {
        self.held += record.held();
        self.records.push(record);
    }

    fn records(&self) -> u64 {
        self.records.len() as u64
    }

    fn held(&self) -> u64 {
        self.held
    }
}
