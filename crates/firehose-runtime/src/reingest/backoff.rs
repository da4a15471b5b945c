use std::time::Duration;

/// Of the wait after the first attempt; it doubles with each further one.
const BASE: Duration = Duration::from_millis(100);

/// No wait is longer.
const CAP: Duration = Duration::from_secs(5);

/// How long to wait after this many attempts: exponential back-off with full jitter, which
/// spreads those that were throttled together over all of the time.
/// <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>
pub(super) fn wait_after(attempts: u32) -> Duration {
    longest_after(attempts).mul_f64(fastrand::f64())
}

fn longest_after(attempts: u32) -> Duration {
    let factor = 1_u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    BASE.saturating_mul(factor).min(CAP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        for (attempts, millis) in [(1, 100), (2, 200), (5, 1600), (7, 5000), (33, 5000), (99, 5000)]
        {
            assert_eq!(longest_after(attempts), Duration::from_millis(millis), "{attempts}");
            assert!(wait_after(attempts) <= CAP);
        }
    }
}
