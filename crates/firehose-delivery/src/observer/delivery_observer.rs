use std::fmt;

use super::DeliveryEvent;

/// A receiver of the events of a delivery, a replay or a measurement.
///
/// The engine calls the observer synchronously, from the task or thread that does the work. Several
/// calls may run at a time. An observer must not block. The observer receives every event once. An
/// observer that renders events may drop some of them, but an observer that counts must not.
///
/// Events come per batch, per object and per chunk of the input, never per record. The exceptions
/// are records and lines that are refused.
pub trait DeliveryObserver: fmt::Debug + Send + Sync {
    /// Receives an event.
    fn observe(&self, event: &DeliveryEvent<'_>);
}

/// An observer that ignores all events.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unobserved;

impl DeliveryObserver for Unobserved {
    fn observe(&self, _event: &DeliveryEvent<'_>) {}
}
