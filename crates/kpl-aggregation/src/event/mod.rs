//! The Kinesis events of Lambda, record by record.

#[cfg(feature = "aws_lambda_events")]
mod aws_lambda_events;
mod base64_engine;
mod foreign_shape;
pub(crate) mod kinesis_event;
pub(crate) mod kinesis_record;
mod members;
pub(crate) mod record_error;
pub(crate) mod user_record;
pub(crate) mod user_records;
