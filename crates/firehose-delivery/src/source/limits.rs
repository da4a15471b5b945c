//! The largest records that producers can put.

use kpl_aggregation::Aggregator;

/// The largest record that a producer can put to a delivery stream, 1,000 KiB:
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_Record.html>.
pub(crate) const MAX_DIRECT_PUT_BYTES: usize = Aggregator::FIREHOSE_MAX_SIZE;

/// The largest record of a topic of Amazon MSK, 10 MB:
/// <https://docs.aws.amazon.com/firehose/latest/dev/limits.html>. With a function, AWS's limit is 6
/// MB.
pub(crate) const MAX_MSK_BYTES: usize = 10 * 1024 * 1024;

/// The largest record of a Kinesis stream with the default maximum, 1 MiB, including the partition
/// key: <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Record.html>.
pub(crate) const MAX_KINESIS_BYTES: usize = Aggregator::DEFAULT_MAX_SIZE;
