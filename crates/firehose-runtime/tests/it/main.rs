//! The promises of the runtime, checked through its public interface.

mod answer_within;
#[cfg(feature = "aws_lambda_events")]
mod bridge;
mod concurrency;
mod fields;
mod hostile;
mod items;
#[cfg(feature = "lambda")]
mod lambda;
#[cfg(feature = "lambda")]
mod metrics;
mod oversize;
mod promises;
#[cfg(feature = "lambda")]
mod spans;
