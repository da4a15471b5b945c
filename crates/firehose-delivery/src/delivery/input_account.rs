use std::time::{Duration, Instant};

/// What became of the input itself.
#[derive(Clone, Debug, Default)]
pub struct InputAccount {
    /// The last record of the input that was read and put, counted from 1; 0 if there was none.
    pub last_read: u64,
    /// Whether there was nothing more after it.
    pub read_to_end: bool,
    /// Records that could not be put, or not wholly.
    pub refused: u64,
    /// Why the input could not be read on.
    pub error: Option<String>,
    /// A part of this program gave up its work, for no reason that it should have.
    pub is_faulty: bool,
    pub started: Option<Instant>,
    pub ended: Option<Instant>,
}

impl InputAccount {
    /// From the first record to the last object, or until now.
    pub fn elapsed(&self) -> Duration {
        let until = self.ended.unwrap_or_else(Instant::now);
        self.started.map_or(Duration::ZERO, |started| until.saturating_duration_since(started))
    }
}
