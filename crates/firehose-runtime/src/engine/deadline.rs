use std::time::{Duration, Instant};
#[cfg(feature = "lambda")]
use std::time::{SystemTime, UNIX_EPOCH};

use crate::{cause::Cause, failure::FailureKind};

/// The time at which work stops, so that the answer is ready before the invocation's deadline.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Deadline {
    /// `None` without a deadline.
    stop: Option<Instant>,
}

impl Deadline {
    /// Returns the time to stop before the deadline of an invocation, which Lambda gives in epoch
    /// milliseconds.
    ///
    /// A deadline in the past is ignored, because local emulators send such deadlines.
    #[cfg(feature = "lambda")]
    pub(crate) fn of_invocation(epoch_milliseconds: u64, margin: Duration) -> Self {
        let deadline = UNIX_EPOCH.checked_add(Duration::from_millis(epoch_milliseconds));
        let left = deadline.and_then(|it| it.duration_since(SystemTime::now()).ok());
        let left = left.filter(|left| !left.is_zero());
        left.map_or_else(Self::default, |left| Self::within(left, margin))
    }

    /// Returns the time to stop in an invocation that may take `time` from now on.
    pub(crate) fn within(time: Duration, margin: Duration) -> Self {
        // A function with little time keeps most of it for its records.
        let time = time - margin.min(time / 4);
        Self { stop: Instant::now().checked_add(time) }
    }

    /// Returns the time to stop, or `None` without a deadline.
    pub(crate) fn stop(&self) -> Option<Instant> {
        self.stop
    }

    /// Returns `true` once it is time to stop.
    pub(crate) fn is_past(&self) -> bool {
        self.stop.is_some_and(|stop| Instant::now() >= stop)
    }

    /// Waits until it is time to stop.
    pub(crate) async fn wait(&self) {
        match self.stop {
            #[cfg(feature = "lambda")]
            Some(stop) => tokio::time::sleep_until(stop.into()).await,
            // This build has no timer.
            #[cfg(not(feature = "lambda"))]
            Some(_) => std::future::pending().await,
            None => std::future::pending().await,
        }
    }

    /// Returns the cause of a record that was not started in time.
    pub(crate) fn not_started() -> Cause {
        Cause::new(FailureKind::Deadline, "deadline: the record was not started")
    }

    /// Returns the cause of a record that was not finished in time.
    pub(crate) fn given_up() -> Cause {
        Cause::new(FailureKind::Deadline, "deadline: the record was given up")
    }
}
