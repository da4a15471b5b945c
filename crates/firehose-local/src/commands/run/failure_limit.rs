use firehose_delivery::delivery::DeliveryStats;

/// The part of a delivery stream's records that may fail before `run` ends with an error, in
/// percent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct FailureLimit(f64);

impl FailureLimit {
    /// Returns `true` if more records failed than the limit allows.
    pub(super) fn is_exceeded_by(self, stats: &DeliveryStats) -> bool {
        let failed = stats.failed();
        // A percentage of counts does not need more digits than a double has.
        #[allow(clippy::cast_precision_loss)]
        let percent = failed as f64 * 100.0 / stats.received.max(1) as f64;
        failed > 0 && percent > self.0
    }
}

/// Parses the value of `--fail-on-failed`.
pub(super) fn parse(text: &str) -> Result<FailureLimit, String> {
    let percent = text.strip_suffix('%').unwrap_or(text).parse::<f64>();
    percent
        .ok()
        .filter(|percent| (0.0..=100.0).contains(percent))
        .map(FailureLimit)
        .ok_or_else(|| "must be a number from 0 to 100".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_failures_than_the_limit_are_an_error() {
        let stats = |failed, received| DeliveryStats {
            received,
            failed: [("Lambda.ProcessingFailedStatus", failed)].into(),
            ..DeliveryStats::default()
        };
        for (limit, failed, received, expected) in [
            ("0", 0, 10, false),
            ("0", 1, 1_000_000, true),
            ("10", 1, 10, false),
            ("9.9%", 1, 10, true),
            ("100", 10, 10, false),
            ("50", 0, 0, false),
        ] {
            let limit = parse(limit).unwrap();
            assert_eq!(limit.is_exceeded_by(&stats(failed, received)), expected, "{limit:?}");
        }
        for wrong in ["-1", "101", "x", "", "NaN", "inf"] {
            assert_eq!(parse(wrong).unwrap_err(), "must be a number from 0 to 100", "{wrong}");
        }
    }
}
