//! Processors: the changes that a delivery stream makes to its records before it delivers them.
//!
//! A [`RecordProcessor`] changes one record at a time, before or after the function. A
//! `BatchProcessor` works on batches. Its only implementation is the `LambdaProcessor`, which
//! invokes a function.
//!
//! | processor | record | place |
//! |---|---|---|
//! | [`Decompression`] | gzip becomes JSON | before the function |
//! | [`CloudWatchLogProcessing`] | a batch of CloudWatch Logs becomes its messages | before the function |
//! | [`RecordDeAggregation`] | a record becomes its parts | before the function |
//! | `LambdaProcessor` | the function transforms batches of records | the function itself |
//! | [`MetadataExtraction`] | a record gets partition keys | after the function |
//!
//! `AppendDelimiterToRecord` is a setting of the destination's objects, because the newline stands
//! between the records of an object.

mod batch_processor;
mod cloudwatch_log_processing;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod decompression;
mod first_failure;
mod lambda_buffer;
mod lambda_processor;
mod metadata_extraction;
mod processed_batch;
mod record_chain;
mod record_chains;
mod record_de_aggregation;
mod record_processor;
mod retrying_invoker;

pub(crate) use batch_processor::{BatchProcessor, BatchResult};
pub use cloudwatch_log_processing::CloudWatchLogProcessing;
pub use decompression::Decompression;
pub use first_failure::FirstFailure;
pub(crate) use lambda_buffer::LambdaBuffer;
pub(crate) use lambda_processor::LambdaProcessor;
pub use metadata_extraction::MetadataExtraction;
pub(crate) use processed_batch::ProcessedBatch;
pub use record_chain::RecordChain;
pub(crate) use record_chains::record_chains;
pub use record_de_aggregation::RecordDeAggregation;
pub use record_processor::{Payload, RecordProcessor};
pub(crate) use retrying_invoker::RetryingInvoker;
