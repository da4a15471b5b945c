//! A run: the records of an input are put into a source, and the delivery streams of this source
//! deliver them.
//!
//! [`DeliveryRun`] collects the settings, [`PreparedRun`] does the work, and [`SharedProgress`]
//! has the counts at any time. [`RunReport`] is the result.

mod accompanying_files;
mod delivery_run;
mod event_detector;
mod input_router;
mod invocation_limit;
mod positions_file;
mod prepared_run;
#[cfg(test)]
mod resume_model;
mod run_positions;
mod run_report;
mod run_summary;
mod shared_progress;
mod stream_function;
#[cfg(test)]
mod tests;

pub use crate::destinations::Endpoint;
pub use delivery_run::{DeliveryRun, PrepareError};
pub use event_detector::EventDetector;
pub use input_router::max_record_bytes;
pub use invocation_limit::InvocationLimit;
pub use positions_file::PositionsFile;
pub use prepared_run::PreparedRun;
pub use run_positions::{ResumeError, RunPositions, StreamPositions};
pub use run_report::{RunReport, StreamReport};
pub use run_summary::{
    CauseSummary, FailedItemsSummary, ItemCauseSummary, RunSummary, StreamSummary,
};
pub use shared_progress::SharedProgress;
pub use stream_function::StreamFunction;
