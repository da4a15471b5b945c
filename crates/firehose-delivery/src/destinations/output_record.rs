use bytes::Bytes;
use firehose_runtime::contract::IcebergAnswer;
use jiff::Timestamp;

use crate::delivery_stream::{
    DeliveryFailure, DestinationFailure, DestinationFields, PartitionKeys, StreamRecord,
};

/// A record for a destination, as the delivery stream delivers it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutputRecord<'a> {
    /// The record as the delivery stream received it.
    pub(crate) record: &'a StreamRecord,
    /// The data to deliver: the output of the function, or the payload of the record.
    pub(crate) data: &'a Bytes,
    /// The partition keys of the record.
    pub(crate) partition_keys: PartitionKeys<'a>,
    /// The Iceberg table that the function gave the record.
    pub(crate) iceberg: &'a IcebergAnswer,
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

/// A record that the destination does not take.
#[derive(Clone, Debug)]
pub(super) struct RejectedRecord<'a> {
    /// The record with the data that the destination did not take.
    pub(super) record: &'a StreamRecord,
    /// The reason.
    pub(super) failure: DestinationFailure,
    /// The response of the destination. The message of the error line ends with this response.
    pub(super) response: &'a str,
    /// The fields that the destination adds to the error line.
    pub(super) fields: Option<DestinationFields>,
    /// The number of attempts to deliver the record.
    pub(super) attempts: u32,
    /// The end of the last attempt.
    pub(super) ended: Timestamp,
}
