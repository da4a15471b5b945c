//! Over Lambda's Kinesis events, record by record.

#[cfg(feature = "aws_lambda_events")]
mod aws_lambda_events;
mod base64_engine;
mod error;
mod kinesis_event;
mod kinesis_record;
mod members;
mod records;
mod user_record;

pub use error::RecordError;
pub use kinesis_event::{KinesisEvent, NotAnEvent};
pub use kinesis_record::KinesisRecord;
pub use records::{UserRecords, deaggregate_records, iter_deaggregate_records};
pub use user_record::UserRecord;
