use std::sync::Arc;

use super::{
    cloudwatch_log_processing::CloudWatchLogProcessing, decompression::Decompression,
    first_failure::FirstFailure, metadata_extraction::MetadataExtraction,
    record_chain::RecordChain, record_de_aggregation::RecordDeAggregation,
    record_processor::RecordProcessor,
};
use crate::{
    delivery_stream::{DeliveryStream, DestinationKind, KeySource, Prefix, ProcessorSettings},
    observer::DeliveryObserver,
};

/// Creates Firehose's own processors of a delivery stream: those before the function, and those
/// after it. [Others observed][stackd] that the order in the template does not matter.
///
/// [stackd]: https://github.com/radkawar/stackd/blob/main/docs/firehose.md
pub(crate) fn record_chains(
    stream: &DeliveryStream,
    observer: &Arc<dyn DeliveryObserver>,
) -> (RecordChain, RecordChain) {
    let failures = || FirstFailure::new(&stream.name, Arc::clone(observer));
    let ProcessorSettings { decompresses, extracts_messages, sub_records, metadata_query } =
        &stream.processors;
    let mut before: Vec<Box<dyn RecordProcessor>> = Vec::new();
    if *decompresses {
        before.push(Box::new(Decompression::new(failures())));
    }
    if *extracts_messages {
        before.push(Box::new(CloudWatchLogProcessing::new(failures())));
    }
    if let Some(sub_records) = sub_records {
        before.push(Box::new(RecordDeAggregation::new(sub_records.clone())));
    }
    let mut after: Vec<Box<dyn RecordProcessor>> = Vec::new();
    if let Some(query) = metadata_query {
        // `ObjectKeys::new` has rejected an invalid prefix already.
        let prefix = Prefix::parse(&stream.destination.s3().prefix).unwrap_or_default();
        let required = prefix.keys_of(KeySource::Query).map(str::to_owned).collect();
        let extraction = MetadataExtraction::new(query.clone(), required, failures());
        after.push(Box::new(match stream.destination.kind() {
            DestinationKind::Iceberg => extraction.skipping_missing(),
            _ => extraction,
        }));
    }
    (RecordChain::new(before), RecordChain::new(after))
}
