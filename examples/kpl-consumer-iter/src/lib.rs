#![doc = include_str!("../README.md")]

use kpl_aggregation::{KinesisEvent, UserRecord, iter_deaggregate_records};
use lambda_runtime::{Error, tracing};
use serde::de::IgnoredAny;
use serde_json::{Value, json};

/// Splits one aggregate after the other, processes its user records, and stops at the first
/// failure. Lambda retries from the failed record, so that no later record is processed twice.
///
/// # Errors
///
/// If the text is not an event of a Kinesis stream, or if a failed record has no sequence number.
/// Then Lambda retries the whole batch.
pub fn handle(event: &str) -> Result<Value, Error> {
    let mut user_records = 0_usize;
    for record in iter_deaggregate_records(KinesisEvent::parse(event)?.records) {
        let (sequence_number, failure) = match &record {
            Ok(record) => (record.sequence_number(), process(record).err()),
            Err(error) => (error.sequence_number(), Some(error.clone().into())),
        };
        let Some(failure) = failure else {
            user_records += 1;
            continue;
        };
        // Without a sequence number, Lambda can only retry the whole batch.
        let Some(sequence_number) = sequence_number else { return Err(failure) };
        tracing::warn!(sequence_number, %failure, "record failed");
        return Ok(json!({"batchItemFailures": [{"itemIdentifier": sequence_number}]}));
    }
    tracing::info!(user_records, "batch processed");
    Ok(json!({"batchItemFailures": []}))
}

/// Processes one user record: checks that its data is JSON. Replace this check with your own code.
fn process(record: &UserRecord) -> Result<(), Error> {
    serde_json::from_slice::<IgnoredAny>(record.data())?;
    Ok(())
}
