use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{
    delivery_stream::StreamRecord,
    observer::{DeliveryEvent, DeliveryObserver, Unobserved},
};

/// A warning with the cause of the first record that a processor rejects. An error line has only a
/// code and a fixed message. A warning for each record would hide other messages.
#[derive(Debug)]
pub struct FirstFailure {
    stream: String,
    observer: Arc<dyn DeliveryObserver>,
    is_reported: AtomicBool,
}

impl FirstFailure {
    /// Creates a warning to an observer. The warning names the delivery stream.
    pub fn new(stream: &str, observer: Arc<dyn DeliveryObserver>) -> Self {
        Self { stream: stream.to_owned(), observer, is_reported: AtomicBool::new(false) }
    }

    /// Creates a warning that nobody receives.
    pub fn unobserved() -> Self {
        Self::new("", Arc::new(Unobserved))
    }

    /// Reports the cause if the processor has rejected no record before.
    pub(super) fn report(&self, processor: &str, record: &StreamRecord, cause: &dyn fmt::Display) {
        if self.is_reported.swap(true, Ordering::Relaxed) {
            return;
        }
        let (stream, position) = (&self.stream, record.position);
        let message = format!(
            "{stream}: {processor} failed for record {position}: {cause}; further failures of \
             {processor} cause no warning"
        );
        self.observer.observe(&DeliveryEvent::Warning { message: &message });
    }
}
