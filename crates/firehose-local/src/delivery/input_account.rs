use std::time::{Duration, Instant};

/// What became of the input itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct InputAccount {
    /// The last record of the input that was read and put, counted from 1; 0 if there was none.
    pub(crate) last_read: u64,
    /// Whether there was nothing more after it.
    pub(crate) read_to_end: bool,
    /// Records that could not be put, or not wholly.
    pub(crate) refused: u64,
    /// Why the input could not be read on.
    pub(crate) error: Option<String>,
    /// A part of this program gave up its work, for no reason that it should have.
    pub(crate) is_faulty: bool,
    pub(crate) started: Option<Instant>,
    pub(crate) ended: Option<Instant>,
}

impl InputAccount {
    /// From the first record to the last object, or until now.
    pub(crate) fn elapsed(&self) -> Duration {
        let until = self.ended.unwrap_or_else(Instant::now);
        self.started.map_or(Duration::ZERO, |started| until.saturating_duration_since(started))
    }
}
