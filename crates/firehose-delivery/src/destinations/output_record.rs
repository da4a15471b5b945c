use bytes::Bytes;
use jiff::Timestamp;

use crate::delivery_stream::{DeliveryFailure, PartitionKeys, StreamRecord};

/// A record for a destination, as the delivery stream delivers it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutputRecord<'a> {
    /// The record as the delivery stream received it.
    pub(crate) record: &'a StreamRecord,
    /// The data to deliver: the output of the function, or the payload of the record.
    pub(crate) data: &'a Bytes,
    /// The partition keys of the record.
    pub(crate) partition_keys: PartitionKeys<'a>,
    /// The number of invocations with the record; 0 without a function.
    pub(crate) attempts: u32,
}

/// A record that failed, for the error output of the delivery stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordFailure<'a> {
    /// The record as the delivery stream received it.
    pub(crate) record: &'a StreamRecord,
    /// The reason.
    pub(crate) failure: DeliveryFailure,
    /// The number of attempts, at least 1.
    pub(crate) attempts: u32,
    /// The end of the last attempt.
    pub(crate) ended: Timestamp,
}
