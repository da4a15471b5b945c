//! A delivery: records in, objects and requests out.
//!
//! An `InputTask` reads the input on a thread of its own. The records go to the delivery streams,
//! which run at the same time. A delivery stream that has no room for further records pauses the
//! reading, so that memory is bounded for inputs of any length.

mod chunk;
mod deliver;
mod delivery_stats;
mod input_stage;
mod input_stats;
mod input_task;
mod output_stage;
mod put_result;
mod stream_counter;
mod stream_delivery;
#[cfg(test)]
mod tests;
mod wanted_positions;

pub(crate) use deliver::deliver;
pub use delivery_stats::{DeliveryStats, RequestStats};
pub use input_stats::InputStats;
pub(crate) use input_task::InputTask;
pub(crate) use put_result::PutResult;
pub(crate) use stream_delivery::StreamDelivery;
pub use wanted_positions::WantedPositions;

pub use crate::{
    destinations::{DeliveredRequest, PositionSet},
    objects::{DeliveredObject, ObjectList},
};
