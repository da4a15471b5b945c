use std::time::Instant;
#[cfg(feature = "lambda")]
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::failure::{Cause, FailureKind};

/// When to stop: before the invocation's deadline, early enough to answer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Deadline {
    stop: Option<Instant>,
}

impl Deadline {
    /// The deadline of an invocation, in epoch milliseconds, as Lambda gives it. One that is
    /// past already says nothing: local emulators send such.
    #[cfg(feature = "lambda")]
    pub(crate) fn of_invocation(epoch_milliseconds: u64, margin: Duration) -> Self {
        let deadline = UNIX_EPOCH.checked_add(Duration::from_millis(epoch_milliseconds));
        let left = deadline.and_then(|it| it.duration_since(SystemTime::now()).ok());
        let left = left.filter(|left| !left.is_zero());
        // A function of little time keeps most of it.
        let time = left.map(|left| left - margin.min(left / 4));
        Self { stop: time.and_then(|time| Instant::now().checked_add(time)) }
    }

    /// When to stop, if ever.
    pub(crate) fn stop(&self) -> Option<Instant> {
        self.stop
    }

    /// Whether it is time to stop.
    pub(crate) fn is_past(&self) -> bool {
        self.stop.is_some_and(|stop| Instant::now() >= stop)
    }

    /// Returns when it is time to stop.
    pub(crate) async fn wait(&self) {
        match self.stop {
            #[cfg(feature = "lambda")]
            Some(stop) => tokio::time::sleep_until(stop.into()).await,
            // Without Lambda there is no deadline.
            #[cfg(not(feature = "lambda"))]
            Some(_) => std::future::pending().await,
            None => std::future::pending().await,
        }
    }

    pub(crate) fn not_started() -> Cause {
        Cause::new(FailureKind::Deadline, "deadline: the record was not started")
    }

    pub(crate) fn given_up() -> Cause {
        Cause::new(FailureKind::Deadline, "deadline: the record was given up")
    }
}
