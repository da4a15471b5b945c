use std::{convert::Infallible, error, fmt};

use crate::LostRecords;

/// What could not be read of a Kinesis record. It shows no payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordError {
    sequence_number: Option<String>,
    cause: Cause,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Cause {
    Malformed(String),
    Lost(LostRecords),
}

impl RecordError {
    pub(super) fn malformed(sequence_number: Option<&str>, what: impl fmt::Display) -> Self {
        let sequence_number = sequence_number.map(str::to_owned);
        Self { sequence_number, cause: Cause::Malformed(what.to_string()) }
    }

    pub(super) fn lost(sequence_number: Option<&str>, lost: LostRecords) -> Self {
        let sequence_number = sequence_number.map(str::to_owned);
        Self { sequence_number, cause: Cause::Lost(lost) }
    }

    /// The sequence number of the Kinesis record, if it could be read: what a function
    /// answers as `itemIdentifier` to have the batch retried from there.
    pub fn sequence_number(&self) -> Option<&str> {
        self.sequence_number.as_deref()
    }

    /// The user records that are lost, if the record is an aggregate that points outside its
    /// tables; `None` if nothing of it could be read.
    pub fn lost_records(&self) -> Option<&LostRecords> {
        match &self.cause {
            Cause::Lost(lost) => Some(lost),
            Cause::Malformed(_) => None,
        }
    }
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sequence_number {
            Some(number) => write!(f, "Kinesis record {number}: ")?,
            None => f.write_str("Kinesis record: ")?,
        }
        match &self.cause {
            Cause::Malformed(what) => f.write_str(what),
            Cause::Lost(lost) => lost.fmt(f),
        }
    }
}

impl error::Error for RecordError {}

impl From<Infallible> for RecordError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
