#![doc = include_str!("../README.md")]

use firehose_runtime::{BoxError, Outcome, Record, Transform, async_trait};

/// Converts text to upper case and drops blank records.
#[derive(Debug)]
pub struct Uppercase;

#[async_trait]
impl Transform for Uppercase {
    async fn transform(&self, record: Record) -> Result<Outcome, BoxError> {
        match record.text()?.trim() {
            "" => Ok(Outcome::Dropped),
            text => Ok(text.to_uppercase().into()),
        }
    }
}
