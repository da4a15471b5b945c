use std::{collections::BTreeMap, fmt};

use bytes::Bytes;

use crate::delivery_stream::{DeliveryFailure, StreamRecord};

/// The part of a record that a processor may change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payload {
    /// The data that error lines hold if a later stage fails. A processor that replaces `data` does
    /// not change `raw_data`. A processor that splits a record sets `raw_data` to the part of the
    /// record.
    pub raw_data: Bytes,
    /// The data for the next processor, the function or the destination.
    pub data: Bytes,
    /// The keys for `!{partitionKeyFromLambda:...}`. A key of the function replaces a key of the
    /// same name that a processor before the function set.
    pub lambda_keys: BTreeMap<String, String>,
    /// The keys for `!{partitionKeyFromQuery:...}`.
    pub query_keys: BTreeMap<String, String>,
}

impl Payload {
    /// Returns the payload of a record as the delivery stream received it.
    pub fn new(data: Bytes) -> Self {
        Self { raw_data: data.clone(), data, ..Self::default() }
    }
}

/// A processor of single records: a record becomes one record, several records, or no record.
///
/// Firehose's processors of this kind are [`Decompression`](super::Decompression),
/// [`CloudWatchLogProcessing`](super::CloudWatchLogProcessing) and
/// [`RecordDeAggregation`](super::RecordDeAggregation), which run before the function in this
/// order, and [`MetadataExtraction`](super::MetadataExtraction), which runs after it. The order of
/// the template does not matter. AWS does not document whether RecordDeAggregation runs before or
/// after the first two. It runs after them here, because users report that it splits the messages of
/// a log batch. A delivery stream runs its processors as a [`RecordChain`](super::RecordChain).
///
/// # Contract
///
/// `process` depends on the record and the payload alone: the same input always gives the same
/// payloads. It does not block. If it fails, the original record goes under the error output prefix.
///
/// Every implementation passes [`check_record_processor`](super::conformance::check_record_processor),
/// which other crates can call with the feature `conformance`. To add a processor of Firehose,
/// write its file, add its setting to
/// [`ProcessorSettings`](crate::delivery_stream::ProcessorSettings), and create it in
/// `record_chains`. A caller of the engine adds processors of its own with
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
