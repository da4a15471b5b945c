use std::time::Duration;

use super::megabytes::MEGABYTE;

/// The size and the age at which a buffer of records is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BufferingHints {
    /// The size of the records' data, in bytes.
    pub size: u64,
    /// The time since the first record of the buffer.
    pub interval: Duration,
}

impl BufferingHints {
    /// Returns hints in the units of AWS: megabytes and seconds.
    pub const fn new(megabytes: u64, seconds: u64) -> Self {
        Self { size: megabytes * MEGABYTE, interval: Duration::from_secs(seconds) }
    }
}
