use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use super::{replay_report::ReplayReport, replay_stats::ReplayStats};
use crate::run::StreamFunction;

/// The counts of a replay, which are correct at any time, even after the replay was dropped.
#[derive(Debug)]
pub struct ReplayProgress {
    stats: Arc<Mutex<ReplayStats>>,
    function: Option<StreamFunction>,
    is_trial: bool,
    remaining_file: Option<PathBuf>,
}

impl ReplayProgress {
    /// Returns the progress of a replay that has not begun. A trial does not write the outputs of
    /// the function.
    pub fn not_begun(is_trial: bool, remaining_file: Option<PathBuf>) -> Self {
        Self { stats: Arc::default(), function: None, is_trial, remaining_file }
    }

    /// Adds the function, whose log has the causes of failures.
    pub(super) fn with_function(self, function: StreamFunction) -> Self {
        Self { function: Some(function), ..self }
    }

    pub(super) fn shared_stats(&self) -> Arc<Mutex<ReplayStats>> {
        Arc::clone(&self.stats)
    }

    /// Ends the function, and waits for the rest of its log.
    pub(super) async fn end_function(&self) {
        if let Some(function) = &self.function {
            function.end().await;
        }
    }

    /// Returns the counts as they are now, with the objects in the order of their keys.
    pub fn report(&self) -> ReplayReport {
        let mut stats = self.stats.lock().unwrap_or_else(PoisonError::into_inner).clone();
        stats.objects.first.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        ReplayReport {
            stats,
            failures: self.function.as_ref().and_then(StreamFunction::failures),
            is_trial: self.is_trial,
            remaining_file: self.remaining_file.clone(),
        }
    }
}
