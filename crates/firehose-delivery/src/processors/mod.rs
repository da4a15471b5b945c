//! Processors: the changes that a delivery stream makes to its records before it delivers them.
//!
//! A [`RecordProcessor`] changes one record at a time, before or after the function. The engine has
//! no implementation yet. A `BatchProcessor` works on batches; the `LambdaProcessor`, which invokes
//! a function, is the one implementation so far.

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
pub(crate) use lambda_processor::LambdaProcessor;
pub(crate) use processed_batch::ProcessedBatch;
pub use record_chain::RecordChain;
pub use record_processor::{Payload, RecordProcessor};
pub(crate) use retrying_invoker::RetryingInvoker;
