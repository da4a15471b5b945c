#[cfg(feature = "lambda")]
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::failure::Cause;
#[cfg(feature = "lambda")]
use crate::{failure::FailureKind, fence::drop_quietly};

/// When to stop: before the invocation's deadline, early enough to answer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Deadline {
    #[cfg(feature = "lambda")]
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

    /// Without Lambda there is no deadline.
    #[cfg(not(feature = "lambda"))]
    pub(crate) async fn limit<F: Future>(&self, work: F) -> Result<F::Output, Cause> {
        Ok(work.await)
    }

    /// Runs `work` to its end, unless it is time to stop before that.
    #[cfg(feature = "lambda")]
    pub(crate) async fn limit<F: Future>(&self, work: F) -> Result<F::Output, Cause> {
        let Some(stop) = self.stop else { return Ok(work.await) };
        if Instant::now() >= stop {
            return Err(Cause::new(FailureKind::Deadline, "deadline: the record was not started"));
        }
        let mut work = Box::pin(work);
        match tokio::time::timeout_at(stop.into(), &mut work).await {
            Ok(output) => Ok(output),
            Err(_) => {
                // What is given up is dropped in the middle, which may panic.
                drop_quietly(work);
                Err(Cause::new(FailureKind::Deadline, "deadline: the record was given up"))
            }
        }
    }
}
