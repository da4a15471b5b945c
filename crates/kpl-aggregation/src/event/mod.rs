//! Over Lambda's Kinesis events, record by record.

#[cfg(feature = "aws_lambda_events")]
mod aws_lambda_events;
mod base64_engine;
mod kinesis_event;
mod kinesis_record;
mod members;
mod record_error;
mod user_record;
mod user_records;

pub use kinesis_event::{KinesisEvent, NotAnEvent};
pub use kinesis_record::KinesisRecord;
pub use record_error::RecordError;
pub use user_record::UserRecord;
pub use user_records::{UserRecords, deaggregate_records, iter_deaggregate_records};
