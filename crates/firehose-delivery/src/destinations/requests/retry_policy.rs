use std::time::Duration;

/// The time for retries of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RetryPolicy {
    /// The time; zero for no retries.
    pub(super) duration: Duration,
    /// `true` if the time includes the attempts, `false` if it includes only the pauses between
    /// them.
    pub(super) includes_attempts: bool,
}

impl RetryPolicy {
    /// The first pause, before the jitter.
    const FIRST: Duration = Duration::from_secs(1);

    /// The longest pause.
    const LONGEST: Duration = Duration::from_secs(120);

    /// The largest part of a pause that is random, in either direction.
    const JITTER: f64 = 0.15;

    /// Returns the pause before a retry. `retry` is the number of the retry, counted from 0, and
    /// `used` is the part of the time that has passed. Returns `None` if the whole time has passed.
    /// The last retry is at the end of the time.
    ///
    /// Before the jitter, each pause is twice as long as the one before. No pause is longer than two
    /// minutes:
    /// <https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html>. AWS
    /// documents the pauses for HTTP endpoints only. The same pauses for other destinations are our
    /// choice.
    pub(super) fn pause(&self, retry: u32, used: Duration) -> Option<Duration> {
        let left = self.duration.checked_sub(used).filter(|left| !left.is_zero())?;
        let pause = Self::FIRST.saturating_mul(1_u32.checked_shl(retry).unwrap_or(u32::MAX));
        let factor = 1.0 + Self::JITTER * (2.0 * fastrand::f64() - 1.0);
        Some(pause.mul_f64(factor).min(Self::LONGEST).min(left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(seconds: u64) -> RetryPolicy {
        RetryPolicy { duration: Duration::from_secs(seconds), includes_attempts: false }
    }

    #[test]
    fn pauses_double_up_to_two_minutes() {
        let policy = policy(100_000);
        for (retry, expected) in [(0, 1.0), (1, 2.0), (6, 64.0), (7, 120.0), (40, 120.0)] {
            let pause = policy.pause(retry, Duration::ZERO).unwrap().as_secs_f64();
            let longest = f64::min(expected * 1.15, 120.0);
            assert!((expected * 0.85..=longest).contains(&pause), "{retry}: {pause}");
        }
    }

    #[test]
    fn the_last_retry_is_at_the_end_of_the_time() {
        assert_eq!(policy(0).pause(0, Duration::ZERO), None);
        assert_eq!(policy(300).pause(9, Duration::from_secs(300)), None);
        let (used, left) = (Duration::from_secs(290), Duration::from_secs(10));
        assert_eq!(policy(300).pause(9, used), Some(left));
        let mut used = Duration::ZERO;
        let mut retries = 0;
        while let Some(pause) = policy(300).pause(retries, used) {
            used += pause;
            retries += 1;
        }
        assert_eq!(used, Duration::from_secs(300));
    }
}
