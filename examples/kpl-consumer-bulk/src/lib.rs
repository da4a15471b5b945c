#![doc = include_str!("../README.md")]

mod response;

use kpl_aggregation::{KinesisEvent, UserRecord, deaggregate_records};
use lambda_runtime::{Error, tracing};
use serde::de::IgnoredAny;

pub use response::BatchResponse;

/// Takes all aggregates of the batch apart, and processes the user records.
///
/// # Errors
///
/// If the event is no event of a Kinesis stream, or a record of it cannot be read as far as
/// its sequence number: then Lambda retries the whole batch.
pub fn handle(event: &str) -> Result<BatchResponse, Error> {
    let records = deaggregate_records(KinesisEvent::parse(event)?.records);
    let mut response = BatchResponse::default();
    for error in &records.errors {
        tracing::warn!(%error, "record cannot be read");
        response.retry_from(error.sequence_number().ok_or_else(|| error.to_string())?);
    }
    for record in &records.user_records {
        if let Err(error) = process(record) {
            let (sequence_number, number) =
                (record.sequence_number(), record.sub_sequence_number());
            tracing::warn!(sequence_number, number, %error, "user record failed");
            response.retry_from(sequence_number);
        }
    }
    tracing::info!(user_records = records.user_records.len(), "batch processed");
    Ok(response)
}

/// What the function is there for: put your own here. This one wants JSON.
fn process(record: &UserRecord) -> Result<(), Error> {
    serde_json::from_slice::<IgnoredAny>(record.data())?;
    Ok(())
}
