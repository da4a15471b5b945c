//! The limits of AWS for the settings of a delivery stream.

use std::ops::RangeInclusive;

/// The largest event of a synchronous invocation that Lambda accepts, 6 MiB:
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
pub const MAX_EVENT_BYTES: usize = 6 * 1024 * 1024;

/// The longest name of a delivery stream:
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html>.
pub(super) const MAX_DELIVERY_STREAM_NAME: usize = 64;

/// The longest name of a Kinesis stream:
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html>.
pub const MAX_KINESIS_STREAM_NAME: usize = 128;

/// The size hint of a destination, in megabytes:
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_BufferingHints.html>.
pub const BUFFER_MEGABYTES: RangeInclusive<u64> = 1..=128;

/// The time hint of a destination, in seconds:
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_BufferingHints.html>.
pub const BUFFER_SECONDS: RangeInclusive<u64> = 0..=900;

/// The smallest size hint with dynamic partitioning, in megabytes:
/// <https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning.html>.
pub(super) const MIN_BUFFER_MEGABYTES_TO_PARTITION: u64 = 64;

/// The smallest time hint with dynamic partitioning, in seconds. AWS rejects a smaller one with
/// `BufferingHints.IntervalInSeconds must be at least 60 seconds when Dynamic Partitioning is enabled`:
/// <https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-kinesisfirehose/lib/private/helpers.ts>.
pub(super) const MIN_BUFFER_SECONDS_TO_PARTITION: u64 = 60;

/// `BufferSizeInMBs` of a Lambda processor:
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_ProcessorParameter.html>.
pub const LAMBDA_BUFFER_MEGABYTES: RangeInclusive<f64> = 0.2..=3.0;

/// `BufferIntervalInSeconds` of a Lambda processor:
/// <https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html>.
pub const LAMBDA_BUFFER_SECONDS: RangeInclusive<u64> = 0..=900;

/// `NumberOfRetries` of a Lambda processor:
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_ProcessorParameter.html>.
pub const LAMBDA_RETRIES: RangeInclusive<u32> = 0..=300;
