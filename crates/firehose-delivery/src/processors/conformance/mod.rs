//! The contracts of the processors as checks that every implementation runs.
//!
//! With the feature `conformance`, other crates can check their record processors.

#[cfg(test)]
mod batch_processor;
mod record_processor;

#[cfg(test)]
pub(super) use batch_processor::{BatchSetup, Work, check as check_batch_processor};
pub use record_processor::check_record_processor;
