use std::path::PathBuf;

use super::replay_stats::ReplayStats;
use crate::function::FailureCounts;

/// The result of a replay.
#[derive(Clone, Debug)]
pub struct ReplayReport {
    /// The counts.
    pub stats: ReplayStats,
    /// The failures that the function reported; `None` if the function reports its failures
    /// elsewhere.
    pub failures: Option<FailureCounts>,
    /// `true` if the outputs of the function are not written.
    pub is_trial: bool,
    /// The file of the remaining records, if the replay writes this file.
    pub remaining_file: Option<PathBuf>,
}
