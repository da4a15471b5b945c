//! Processors: the changes that a delivery stream makes to its records before it delivers them.
//!
//! A [`RecordProcessor`] changes one record at a time, before or after the function. A
//! `BatchProcessor` works on batches; [`LambdaProcessor`], which invokes a function, is the one
//! implementation so far.

mod batch_processor;
#[cfg(test)]
mod conformance;
mod lambda_buffer;
mod lambda_processor;
mod processed_batch;
mod record_chain;
mod record_processor;
mod retrying_invoker;

pub(crate) use batch_processor::{BatchProcessor, BatchResult};
pub(crate) use lambda_buffer::LambdaBuffer;
pub use lambda_processor::LambdaProcessor;
pub use processed_batch::ProcessedBatch;
pub use record_chain::RecordChain;
pub use record_processor::{Payload, RecordProcessor};
pub use retrying_invoker::RetryingInvoker;
