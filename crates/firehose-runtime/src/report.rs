use std::time::Duration;

use firehose_core::{FailedItem, Invocation};

use crate::{event::firehose_event::Event, failure::Failure, repeated_ids::repeated_in};

/// The counts and failures of the records of one event. A report contains no payload.
///
/// `records` is the sum of `ok`, `dropped`, the number of `failures`, and `without_id`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The event's `invocationId`; empty if the event has none.
    pub invocation_id: String,
    /// Number of records in the event.
    pub records: usize,
    /// Number of records answered `Ok`.
    pub ok: usize,
    /// Number of records answered `Dropped`.
    pub dropped: usize,
    /// Number of dropped records that were [put back](crate::Oversize::Reingest).
    pub put_back: usize,
    /// Records answered `ProcessingFailed`, in the order of the event.
    pub failures: Vec<Failure>,
    /// Number of items that failed, and that were left out or kept unchanged as
    /// [`ItemErrors`](firehose_core::ItemErrors) says. The items of a record that was put back do not
    /// count, because they come again.
    pub items_failed: u64,
    /// The first [`MAX_FAILED_ITEMS`](Invocation::MAX_FAILED_ITEMS) failed items, in the order in
    /// which they failed.
    pub first_failed_items: Vec<FailedItem>,
    /// Number of records without a `recordId`, which cannot be answered.
    pub without_id: usize,
    /// Ids that occur more than once in the event, each of them once.
    pub repeated_ids: Vec<String>,
    /// Bytes of decoded payload that the transform received.
    pub bytes_in: usize,
    /// Bytes of payload in `Ok` answers, before base64.
    pub bytes_out: usize,
    /// Bytes of the event as JSON text, or 0 if the event was not text.
    pub event_bytes: usize,
    /// Bytes of the response as JSON text, or 0 if the response was not text.
    pub response_bytes: usize,
    /// The [response budget](crate::Handler::with_response_budget), in bytes.
    pub response_budget: usize,
    /// Time from the event to the response.
    pub duration: Duration,
}

impl Report {
    /// Returns the report of an event before any record is answered.
    pub(crate) fn new(event: &Event<'_>) -> Self {
        Self {
            invocation_id: event.invocation_id.as_deref().unwrap_or_default().to_owned(),
            records: event.records.len() + event.records_without_id,
            without_id: event.records_without_id,
            repeated_ids: repeated_in(event),
            ..Self::default()
        }
    }

    pub(crate) fn add_failed_items(&mut self, invocation: &Invocation) {
        self.items_failed = invocation.failed_item_count();
        self.first_failed_items = invocation.first_failed_items();
    }
}
