//! The contracts of the processors as tests that every implementation runs.

mod batch_processor;
mod record_processor;

pub(super) use batch_processor::{BatchSetup, Work, check as check_batch_processor};
pub(super) use record_processor::check as check_record_processor;
