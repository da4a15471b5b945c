//! The event that Firehose invokes a function with, as it is on the wire.
//!
//! Parsing is lenient by design. Real events and the samples of other tools have ISO timestamps,
//! empty strings for numbers, and misspelt or missing fields. An unreadable part of a record
//! affects that record only. Parsing fails only for a text that is not a JSON object with a
//! `records` array.

mod envelope;
pub(crate) mod firehose_event;
pub(crate) mod malformed;
mod metadata;
pub(crate) mod payload;
pub(crate) mod record;
