//! The events of a delivery, a replay or a measurement, and the observer that receives them.
//!
//! The engine writes nothing to a terminal. It reports its work as [`DeliveryEvent`]s to one
//! [`DeliveryObserver`]: a terminal, a page, or a count in a test.

mod batch_summary;
mod delivery_event;
mod delivery_observer;
mod invocation_stats;

pub use batch_summary::BatchSummary;
pub use delivery_event::DeliveryEvent;
pub use delivery_observer::{DeliveryObserver, Unobserved};
pub use invocation_stats::InvocationStats;
