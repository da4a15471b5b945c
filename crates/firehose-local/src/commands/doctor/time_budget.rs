use std::time::Duration;

use tokio::time::Instant;

/// The time of a whole examination, whatever the function does.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeBudget {
    end: Instant,
    /// The time limit of the function for an invocation.
    timeout: Duration,
}

impl TimeBudget {
    /// The longest examination. The end of the last process takes half a second more.
    const TOTAL: Duration = Duration::from_secs(48);

    /// An invocation takes at most this part of the remaining time, so that a function that hangs in
    /// every attack still meets most attacks.
    const PARTS: u32 = 5;

    /// An event below this length takes a function little time.
    const SHORT_EVENT_BYTES: usize = 100 * 1024;

    /// The shortest time for an invocation. Without it, an attack decides nothing.
    const MIN: Duration = Duration::from_secs(1);

    /// Starts the time of an examination.
    pub(super) fn start(timeout: Duration) -> Self {
        Self { end: Instant::now() + Self::TOTAL, timeout }
    }

    /// Returns the time limit of the function for an invocation.
    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Returns the time for the next invocation: the time limit of the function, or less. After
    /// `timeouts` events without an answer, a short event gets less and less time.
    pub(super) fn invocation_limit(&self, event_bytes: usize, timeouts: u32) -> Duration {
        let parts = match event_bytes < Self::SHORT_EVENT_BYTES {
            true => Self::PARTS * (1 + timeouts),
            false => Self::PARTS,
        };
        self.timeout.min((self.left() / parts).max(Self::MIN))
    }

    /// Returns a limit, or the remaining time if it is shorter.
    pub(super) fn capped(&self, limit: Duration) -> Duration {
        limit.min(self.left().max(Self::MIN))
    }

    /// Returns `true` if no time is left for an attack.
    pub(super) fn is_over(&self) -> bool {
        self.left() < Self::MIN
    }

    fn left(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_function_that_always_hangs_ends_in_time() {
        let start = Instant::now();
        let budget = TimeBudget::start(Duration::from_secs(10));
        let mut attacks = 0;
        while !budget.is_over() {
            tokio::time::advance(budget.invocation_limit(1000, attacks)).await;
            attacks += 1;
        }
        assert!(start.elapsed() <= TimeBudget::TOTAL + TimeBudget::MIN);
        assert!(attacks >= 29, "only {attacks} attacks");
        let limit = TimeBudget::start(Duration::from_secs(3)).invocation_limit(1_000_000, 7);
        assert_eq!(limit, Duration::from_secs(3));
    }
}
