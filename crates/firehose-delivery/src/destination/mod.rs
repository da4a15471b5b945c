//! Destinations: the records that a delivery stream delivers in, objects or requests out.

mod object_destination;
mod object_keys;
mod position_ranges;

pub use object_destination::ObjectDestination;
pub(crate) use object_destination::ObjectSummary;
pub use object_keys::ObjectKeys;
pub use position_ranges::PositionRanges;
