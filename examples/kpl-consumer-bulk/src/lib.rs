#![doc = include_str!("../README.md")]

use std::collections::BTreeSet;

use kpl_aggregation::{KinesisEvent, UserRecord, deaggregate_records};
use lambda_runtime::{Error, tracing};
use serde::de::IgnoredAny;
use serde_json::{Value, json};

/// Splits all aggregates of the batch, and processes their user records.
///
/// # Errors
///
/// If the text is not an event of a Kinesis stream, or if a failed record has no sequence number.
/// Then Lambda retries the whole batch.
pub fn handle(event: &str) -> Result<Value, Error> {
    let records = deaggregate_records(KinesisEvent::parse(event)?.records);
    // The user records of an aggregate share its sequence number, so they share one entry.
    let mut failed = BTreeSet::new();
    let mut fail = |sequence_number: Option<&str>, failure: Error| {
        // Without a sequence number, Lambda can only retry the whole batch.
        let Some(sequence_number) = sequence_number else { return Err(failure) };
        // Log one line per Kinesis record, even if several of its user records fail.
        if !failed.contains(sequence_number) {
            tracing::warn!(sequence_number, %failure, "record failed");
            failed.insert(sequence_number.to_owned());
        }
        Ok(())
    };
    for error in records.errors {
        fail(error.sequence_number(), error.clone().into())?;
    }
    for record in &records.user_records {
        if let Err(failure) = process(record) {
            fail(record.sequence_number(), failure)?;
        }
    }
    tracing::info!(user_records = records.user_records.len(), "batch processed");
    // Lambda retries from the lowest sequence number.
    let failures: Vec<_> = failed.iter().map(|it| json!({"itemIdentifier": it})).collect();
    Ok(json!({"batchItemFailures": failures}))
}

/// Processes one user record: checks that its data is JSON. Replace this check with your own code.
fn process(record: &UserRecord) -> Result<(), Error> {
    serde_json::from_slice::<IgnoredAny>(record.data())?;
    Ok(())
}
