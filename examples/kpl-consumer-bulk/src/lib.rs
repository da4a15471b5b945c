#![doc = include_str!("../README.md")]

use std::collections::BTreeSet;

use kpl_aggregation::{KinesisEvent, UserRecord, deaggregate_records};
use lambda_runtime::{Error, tracing};
use serde::de::IgnoredAny;
use serde_json::{Value, json};

/// Takes all aggregates of the batch apart, and processes the user records.
///
/// # Errors
///
/// If the event is no event of a Kinesis stream, or a record that failed has no sequence
/// number: then Lambda retries the whole batch.
pub fn handle(event: &str) -> Result<Value, Error> {
    let records = deaggregate_records(KinesisEvent::parse(event)?.records);
    // User records of one aggregate share its sequence number, and one entry.
    let mut failed = BTreeSet::new();
    let mut fail = |sequence_number: Option<&str>, failure: Error| {
        // Without a sequence number there is nothing to retry from but the whole batch.
        let Some(sequence_number) = sequence_number else { return Err(failure) };
        // One line for a Kinesis record, however many of its user records fail.
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
    // Of several, Lambda takes the lowest.
    let failures: Vec<_> = failed.iter().map(|it| json!({"itemIdentifier": it})).collect();
    Ok(json!({"batchItemFailures": failures}))
}

/// What the function is there for: put your own here. This one wants JSON.
fn process(record: &UserRecord) -> Result<(), Error> {
    serde_json::from_slice::<IgnoredAny>(record.data())?;
    Ok(())
}
