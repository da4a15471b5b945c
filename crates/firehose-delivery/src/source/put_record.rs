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
    /// The position in a Kafka topic, as far as the input has it.
    pub kafka: KafkaPosition,
}

/// The position of a record in a Kafka topic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KafkaPosition {
    /// The partition.
    pub partition: Option<u32>,
    /// The offset in the partition.
    pub offset: Option<u64>,
}

impl PutRecord {
    /// Returns a record with a payload and nothing else.
    pub fn new(position: u64, data: Bytes) -> Self {
        let kafka = KafkaPosition::default();
        Self { position, data, arrival_timestamp: None, partition_key: None, kafka }
    }
}
