//! The promises of the runtime, as a user would notice them.

#[cfg(feature = "aws_lambda_events")]
mod bridge;
mod concurrency;
mod fields;
mod hostile;
#[cfg(feature = "lambda")]
mod lambda;
#[cfg(feature = "lambda")]
mod metrics;
mod oversize;
mod promises;
