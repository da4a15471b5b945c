use bytes::Bytes;
use jiff::Timestamp;

/// A record as a producer puts it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PutRecord {
    /// Which record of the whole input it is, counted from 1.
    pub position: u64,
    /// The payload.
    pub data: Bytes,
    /// The arrival, if the input has it.
    pub arrival_timestamp: Option<Timestamp>,
    /// Its partition key, if the input has one.
    pub partition_key: Option<String>,
}

impl PutRecord {
    /// A record that says no more than its payload.
    pub fn new(position: u64, data: Bytes) -> Self {
        Self { position, data, arrival_timestamp: None, partition_key: None }
    }
}
