use std::{collections::HashSet, time::Duration};

use crate::Failure;

/// The answer to one event, with an account of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The response, as JSON text.
    pub response: String,
    /// What happened to the records.
    pub report: Report,
}

/// What happened to the records of one event. Nothing in it is payload.
///
/// `records` is the sum of `ok`, `dropped`, the number of `failures`, and `without_id`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The event's `invocationId`; empty if it has none.
    pub invocation_id: String,
    /// Records in the event.
    pub records: usize,
    /// Records answered `Ok`.
    pub ok: usize,
    /// Records answered `Dropped`.
    pub dropped: usize,
    /// Records answered `ProcessingFailed`, in the order of the event.
    pub failures: Vec<Failure>,
    /// Records that have no `recordId` and so could not be answered.
    pub without_id: usize,
    /// Ids that stand in the event more than once, each named once.
    pub repeated_ids: Vec<String>,
    /// Bytes of decoded payload that the transform was given.
    pub bytes_in: usize,
    /// Bytes of payload delivered, before base64.
    pub bytes_out: usize,
    /// Bytes of the event, as JSON text; 0 if it was not given as text.
    pub event_bytes: usize,
    /// Bytes of the response, as JSON text; 0 if it was not written as text.
    pub response_bytes: usize,
    /// The [response budget](crate::Handler::with_response_budget), in bytes.
    pub response_budget: usize,
    /// How long it took from the event to the response.
    pub duration: Duration,
}

impl Report {
    /// The report of an event with these record ids, before any record is answered.
    pub(crate) fn new<'a>(
        invocation_id: Option<&str>,
        record_ids: impl Iterator<Item = Option<&'a str>>,
    ) -> Self {
        Self {
            invocation_id: invocation_id.unwrap_or_default().to_owned(),
            repeated_ids: repeated(record_ids),
            ..Self::default()
        }
    }
}

/// The ids that are there more than once, each named once.
fn repeated<'a>(ids: impl Iterator<Item = Option<&'a str>>) -> Vec<String> {
    let (mut seen, mut repeated) = (HashSet::new(), HashSet::new());
    let mut named = Vec::new();
    for id in ids.flatten() {
        if !seen.insert(id) && repeated.insert(id) {
            named.push(id.to_owned());
        }
    }
    named
}
