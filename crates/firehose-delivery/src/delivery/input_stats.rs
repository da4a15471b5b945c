use std::time::{Duration, Instant};

/// The counts of the input.
#[derive(Clone, Debug, Default)]
pub struct InputStats {
    /// The position of the last record that was read, counted from 1; 0 if no record was read.
    pub last_read: u64,
    /// `true` if the input was read to its end.
    pub read_to_end: bool,
    /// Records of the input that the source refused as a whole or in part.
    pub refused: u64,
    /// Records of the input that no delivery stream of the run wants, because an earlier run
    /// delivered them.
    pub skipped: u64,
    /// The reason why the input could not be read any further.
    pub error: Option<String>,
    /// `true` if the reading thread or a delivery stream ended too early, which is an error of the
    /// engine.
    pub is_faulty: bool,
    /// The time at which the delivery began.
    pub started: Option<Instant>,
    /// The time at which the delivery ended.
    pub ended: Option<Instant>,
}

impl InputStats {
    /// Returns the time from the start of the delivery to its end, or until now if the delivery has
    /// not ended.
    pub fn elapsed(&self) -> Duration {
        let until = self.ended.unwrap_or_else(Instant::now);
        self.started.map_or(Duration::ZERO, |started| until.saturating_duration_since(started))
    }
}
