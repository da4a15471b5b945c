//! The current time.

use jiff::Timestamp;

/// Returns the current time to the millisecond, the precision of Firehose's timestamps.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}
