use std::time::Duration;

/// The longest wait after the first attempt. The longest wait doubles with each further attempt.
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// The longest wait after any attempt.
const MAX_WAIT: Duration = Duration::from_secs(5);

/// Returns the wait after this many attempts: exponential backoff with full jitter.
///
/// Requests that were throttled at the same time get different waits, from zero to the longest wait
/// ([source](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/)).
pub(super) fn wait_after(attempts: u32) -> Duration {
    max_wait_after(attempts).mul_f64(fastrand::f64())
}

fn max_wait_after(attempts: u32) -> Duration {
    let factor = 1_u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    FIRST_WAIT.saturating_mul(factor).min(MAX_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_limit() {
        for (attempts, millis) in [(1, 100), (2, 200), (5, 1600), (7, 5000), (33, 5000), (99, 5000)]
        {
            assert_eq!(max_wait_after(attempts), Duration::from_millis(millis), "{attempts}");
            assert!(wait_after(attempts) <= MAX_WAIT);
        }
    }
}
