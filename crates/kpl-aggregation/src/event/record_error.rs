use std::{convert::Infallible, error, fmt};

use crate::lost_records::LostRecords;

/// An error for a Kinesis record that cannot be read. The message shows no payload.
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

    /// Returns the sequence number of the Kinesis record, if it can be read.
    ///
    /// A function returns this number as `itemIdentifier`, so that Lambda retries the batch from
    /// this record.
    pub fn sequence_number(&self) -> Option<&str> {
        self.sequence_number.as_deref()
    }

    /// Returns the lost user records of a damaged aggregate.
    ///
    /// Returns `None` if no part of the Kinesis record can be read.
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
