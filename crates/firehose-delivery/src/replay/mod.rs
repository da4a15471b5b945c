//! The replay of failed records: error lines in, new outputs of the function out.
//!
//! [`ReplayRun`] collects the settings, [`PreparedReplay`] does the work, and [`ReplayProgress`]
//! has the counts at any time. [`ReplayReport`] is the result.
//!
//! A task reads the lines of [`ErrorObjects`] into batches, and the replay invokes the function
//! with them. Outputs go to [`RecoveredObjects`], failed records to [`Remaining`]. Records that
//! failed after the function go to [`RecoveredObjects`] unchanged: see [`RawData`]. With a delivery
//! stream, its own processors run before and after the function, as in a [run](crate::run). The
//! reading waits while the replay has no room for another batch, so memory is bounded for inputs of
//! any length.

mod error_codes;
mod error_line_reader;
mod error_objects;
mod failed_record;
mod raw_data;
mod raw_data_mark;
mod recovered_format;
mod recovered_layout;
mod recovered_objects;
mod remaining;
mod remaining_format;
mod replay_counts;
mod replay_progress;
mod replay_report;
mod replay_run;
mod replay_source;
mod replay_stages;
mod replay_stats;
mod replay_summary;
mod replayer;
#[cfg(test)]
mod tests;

pub use error_objects::ErrorObjects;
pub use raw_data::{RawData, UnknownRawData};
pub use recovered_format::RecoveredFormat;
pub use recovered_objects::RecoveredObjects;
pub use remaining::{Remaining, RemainingCounts};
pub use remaining_format::RemainingFormat;
pub use replay_counts::ReplayCounts;
pub use replay_progress::ReplayProgress;
pub use replay_report::ReplayReport;
pub use replay_run::{PreparedReplay, ReplayRun};
pub use replay_stats::{ReplayStats, UndecidedLine};
pub use replay_summary::{LastLine, RemainingSummary, ReplaySummary, UndecidedSummary};
