//! Failed records, once more through the function: error lines in, what the function makes of
//! them now out.
//!
//! A task of its own reads lines into batches ([`read`]); the [`Replayer`] invokes the function
//! with them, and hands what passes to [`RecoveredObjects`], what fails to the [`Remaining`]. It takes a batch
//! only when it has room for it, which holds up the reading: memory is bounded, however long the
//! input is.

mod atomic_file;
mod error_codes;
mod error_line_reader;
mod error_objects;
mod failed_record;
mod recovered_layout;
mod recovered_objects;
mod remaining;
mod replayer;
mod stats;
#[cfg(test)]
mod tests;

pub use error_objects::ErrorObjects;
pub use recovered_objects::RecoveredObjects;
pub use remaining::{Remaining, RemainingCounts, RemainingFormat};
pub use replayer::Replayer;
pub use stats::{ReplayCounts, ReplayStats};
