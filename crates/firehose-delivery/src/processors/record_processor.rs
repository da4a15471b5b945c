use std::{collections::BTreeMap, fmt};

use bytes::Bytes;

use crate::delivery_stream::{DeliveryFailure, StreamRecord};

/// The part of a record that a processor may change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payload {
    /// The data.
    pub data: Bytes,
    /// The partition keys. A function replaces the keys that a processor before it sets.
    pub partition_keys: BTreeMap<String, String>,
}

/// A processor of single records: a record becomes one record, several records, or no record.
///
/// Firehose's processors of this kind are Decompression, CloudWatchLogProcessing and
/// RecordDeAggregation, which run before the function in this order, and MetadataExtraction, which
/// runs after it. AWS does not document whether RecordDeAggregation runs before or after the first
/// two: its place is our choice. A delivery stream runs its processors as a
/// [`RecordChain`](super::RecordChain).
///
/// # Contract
///
/// `process` depends on the record alone: the same record always gives the same payloads. It does
/// not block. If it fails, the original record goes under the error output prefix.
///
/// Every implementation passes `conformance::check_record_processor`. To add an implementation,
/// write its file and pass it to
/// [`DeliveryRun::record_processors`](crate::run::DeliveryRun::record_processors).
pub trait RecordProcessor: fmt::Debug + Send + Sync {
    /// Appends the payloads that replace `payload` to `out`. `record` is the record as the
    /// delivery stream received it.
    ///
    /// # Errors
    ///
    /// The reason why the record cannot be processed. The caller discards the payloads that were
    /// appended before the failure.
    fn process(
        &self,
        record: &StreamRecord,
        payload: Payload,
        out: &mut Vec<Payload>,
    ) -> Result<(), DeliveryFailure>;
}
