use tokio::time::Instant;
use uuid::Uuid;

use crate::delivery_stream::{BufferingHints, StreamRecord};

/// The records of one request. The data of each record is the data to deliver.
#[derive(Debug)]
pub(super) struct RequestBatch {
    /// The id of the request, the same for all attempts.
    pub(super) id: Uuid,
    /// The records.
    pub(super) records: Vec<StreamRecord>,
    /// The approximate size in memory, in bytes.
    pub(super) held: u64,
}

/// The records that wait for the next request.
#[derive(Debug)]
pub(super) struct OpenBatch {
    records: Vec<StreamRecord>,
    /// The size of the records' data, in bytes.
    bytes: u64,
    held: u64,
    deadline: Instant,
}

impl OpenBatch {
    /// The largest number of records in a request:
    /// <https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html>. AWS
    /// documents no limit for Splunk and OpenSearch: the same limit is our choice.
    const MAX_RECORDS: usize = 10_000;

    /// The approximate size in memory of a record without its data, in bytes.
    const RECORD_BYTES: u64 = 400;

    /// Creates a batch without records, whose interval begins now.
    pub(super) fn new(hints: BufferingHints) -> Self {
        let deadline = Instant::now() + hints.interval;
        Self { records: Vec::new(), bytes: 0, held: 0, deadline }
    }

    /// Adds a record. Returns `true` if the batch is complete.
    pub(super) fn push(&mut self, record: StreamRecord, hints: BufferingHints) -> bool {
        let bytes = record.data.len() as u64;
        self.bytes += bytes;
        // A request holds an encoded copy of the data, at most four thirds as long as the data.
        self.held += bytes * 7 / 3 + Self::RECORD_BYTES;
        self.records.push(record);
        self.bytes >= hints.size
            || hints.interval.is_zero()
            || self.records.len() >= Self::MAX_RECORDS
    }

    /// Returns the time at which the first record has waited for the interval.
    pub(super) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Returns the approximate size in memory, in bytes.
    pub(super) fn held(&self) -> u64 {
        self.held
    }

    /// Returns the records.
    pub(super) fn records(&self) -> &[StreamRecord] {
        &self.records
    }

    /// Ends the batch.
    pub(super) fn finish(self) -> RequestBatch {
        RequestBatch { id: Uuid::new_v4(), records: self.records, held: self.held }
    }
}
