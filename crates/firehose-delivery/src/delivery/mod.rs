//! Delivery streams at work: records in, objects out.
//!
//! An [`InputTask`] reads on a thread of its own, and [`deliver`] hands the records to the
//! [`StreamDelivery`]s, one for each delivery stream. A delivery stream takes no more records than
//! it has room for, and so holds up the reading: memory is bounded, however long the input is.

mod chunk;
mod deliver;
mod delivered_object;
mod delivery_stats;
mod input_stats;
mod input_task;
mod put_result;
mod stream_delivery;
#[cfg(test)]
mod tests;

pub(crate) use deliver::deliver;
pub use delivered_object::DeliveredObject;
pub use delivery_stats::DeliveryStats;
pub use input_stats::InputStats;
pub use input_task::InputTask;
pub use put_result::PutResult;
pub(crate) use stream_delivery::StreamDelivery;

pub use crate::destinations::PositionRanges;
