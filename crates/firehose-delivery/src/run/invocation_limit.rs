use std::time::Duration;

/// The time that an invocation may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvocationLimit {
    /// The shorter of the function's timeout and the limit of Firehose.
    pub duration: Duration,
    /// `true` if the limit of Firehose is shorter than the function's timeout.
    pub limited_by_firehose: bool,
}

impl InvocationLimit {
    /// The longest time that Firehose waits for an invocation:
    /// <https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html>.
    pub const FIREHOSE: Duration = Duration::from_secs(300);

    /// Returns the limit of a function with this timeout.
    pub fn of_timeout(timeout: Duration) -> Self {
        Self {
            duration: timeout.min(Self::FIREHOSE),
            limited_by_firehose: timeout > Self::FIREHOSE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn firehose_limits_an_invocation_to_five_minutes() {
        let of = |seconds| InvocationLimit::of_timeout(Duration::from_secs(seconds));
        assert_eq!((of(300).duration.as_secs(), of(300).limited_by_firehose), (300, false));
        assert_eq!((of(301).duration.as_secs(), of(301).limited_by_firehose), (300, true));
    }
}
