//! Destinations: records in, objects or requests out.
//!
//! `Destination` is the trait, with one file per implementation. [`ObjectDestination`] is the
//! one implementation so far: objects in S3 or in a folder.

#[cfg(test)]
mod conformance;
mod delivery_outcome;
mod destination;
mod object_destination;
mod object_keys;
mod object_kind;
mod object_summary;
mod output_record;
mod position_ranges;
mod position_set;
mod stream_layout;

pub(crate) use delivery_outcome::DeliveryOutcome;
pub(crate) use destination::Destination;
pub(crate) use object_destination::ObjectDestination;
pub(crate) use object_keys::ObjectKeys;
pub(crate) use output_record::{OutputRecord, RecordFailure};
pub use position_set::PositionSet;
