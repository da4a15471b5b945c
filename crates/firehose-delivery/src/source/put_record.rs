use bytes::Bytes;
use jiff::Timestamp;

/// A record of a producer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PutRecord {
    /// The position in the input, counted from 1 over all files.
    pub position: u64,
    /// The payload.
    pub data: Bytes,
    /// The arrival, if the input has it.
    pub arrival_timestamp: Option<Timestamp>,
    /// The partition key, if the input has it.
    pub partition_key: Option<String>,
}

impl PutRecord {
    /// Returns a record with a payload and nothing else.
    pub fn new(position: u64, data: Bytes) -> Self {
        Self { position, data, arrival_timestamp: None, partition_key: None }
    }
}
