use std::time::Duration;

/// The time that an invocation may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvocationLimit {
    /// The time until Lambda or Firehose gives up.
    pub duration: Duration,
    /// `true` if Firehose gives up before Lambda does.
    pub firehose_gives_up: bool,
}

impl InvocationLimit {
    /// The longest time that Firehose waits for an invocation:
    /// <https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html>.
    pub const FIREHOSE: Duration = Duration::from_secs(300);

    /// Returns the limit of a function with this timeout.
    pub fn of_timeout(timeout: Duration) -> Self {
        Self { duration: timeout.min(Self::FIREHOSE), firehose_gives_up: timeout > Self::FIREHOSE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn firehose_gives_up_after_five_minutes() {
        let of = |seconds| InvocationLimit::of_timeout(Duration::from_secs(seconds));
        assert_eq!((of(300).duration.as_secs(), of(300).firehose_gives_up), (300, false));
        assert_eq!((of(301).duration.as_secs(), of(301).firehose_gives_up), (300, true));
    }
}
