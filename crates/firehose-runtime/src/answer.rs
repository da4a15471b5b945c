use std::{borrow::Cow, collections::HashSet, time::Duration};

use bytes::Bytes;

use crate::{Event, EventRecord, Failure};

/// The answer to one event, with an account of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The response: JSON text, in UTF-8.
    pub response: Bytes,
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
    /// Those of them that were [put back](crate::Oversize::Reingest).
    pub put_back: usize,
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
    /// The report of an event before any record is answered.
    pub(crate) fn new(event: &Event<'_>) -> Self {
        Self {
            invocation_id: event.invocation_id.as_deref().unwrap_or_default().to_owned(),
            records: event.records.len() + event.records_without_id,
            without_id: event.records_without_id,
            repeated_ids: repeated_ids(event),
            ..Self::default()
        }
    }
}

/// The ids that are there more than once, each named once.
fn repeated_ids(event: &Event<'_>) -> Vec<String> {
    // Firehose numbers its records, and what ascends does not repeat.
    if event.records.is_sorted_by(|one, next| one.record_id() < next.record_id()) {
        return Vec::new();
    }
    repeated(event.records.iter().map(EventRecord::record_id))
}

/// What is there more than once, each named once.
pub(crate) fn repeated<'a>(ids: impl Iterator<Item = Cow<'a, str>>) -> Vec<String> {
    let (mut seen, mut repeated) = (HashSet::new(), HashSet::new());
    let mut named = Vec::new();
    for id in ids {
        if seen.contains(&id) {
            if repeated.insert(id.clone()) {
                named.push(id.into_owned());
            }
        } else {
            seen.insert(id);
        }
    }
    named
}
