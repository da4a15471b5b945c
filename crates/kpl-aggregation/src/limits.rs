//! Record sizes that the services accept, in bytes. The constants of [`Aggregator`] publish these
//! sizes, and name the sources.
//!
//! [`Aggregator`]: crate::Aggregator

pub(crate) const KINESIS_RECORD_BYTES: usize = 1024 * 1024;
pub(crate) const LARGEST_KINESIS_RECORD_BYTES: usize = 10 * 1024 * 1024;
pub(crate) const FIREHOSE_RECORD_BYTES: usize = 1000 * 1024;
