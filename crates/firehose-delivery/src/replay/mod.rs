//! Failed records, once more through the function: error lines in, what the function makes of
//! them now out.
//!
//! A task of its own reads lines into batches ([`read`]); the [`Replayer`] invokes the function
//! with them, and hands what passes to [`Recovered`], what fails to the [`Rest`]. It takes a batch
//! only when it has room for it, which holds up the reading: memory is bounded, however long the
//! input is.

mod account;
mod error_objects;
mod original;
mod read;
mod recovered;
mod replayer;
mod rest;
#[cfg(test)]
mod tests;
mod whole_file;

pub use account::{Account, Tally};
pub use error_objects::ErrorObjects;
pub use recovered::Recovered;
pub use replayer::Replayer;
pub use rest::{Rest, RestCounts, RestFormat};
