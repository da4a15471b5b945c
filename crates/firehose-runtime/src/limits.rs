//! The limits of AWS services that this crate keeps, each with its source.

/// The longest request or response of a synchronous invocation that Lambda documents, 6 MiB
/// ([source](https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html)).
pub const MAX_PAYLOAD_BYTES: usize = 6 * 1024 * 1024;

/// The longest response that Lambda passes on, in bytes: 6 MiB and 100
/// ([measured](https://zaccharles.medium.com/deep-dive-lambdas-response-payload-size-limit-8aedba9530ed)).
///
/// A longer response fails the invocation, and with it the whole batch.
pub const MAX_RESPONSE_BYTES: usize = MAX_PAYLOAD_BYTES + 100;

/// The maximum number of records in one `PutRecords` or `PutRecordBatch` request
/// ([`PutRecords`](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html),
/// [`PutRecordBatch`](https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html)).
pub const MAX_PUT_RECORDS: usize = 500;

/// The maximum bytes of data in one `PutRecordBatch` request, 4 MiB
/// ([source](https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html)).
pub const MAX_PUT_RECORD_BATCH_BYTES: usize = 4 * 1024 * 1024;

/// The largest record that a producer can put to a delivery stream, 1,000 KiB before base64
/// ([source](https://docs.aws.amazon.com/firehose/latest/APIReference/API_Record.html)).
pub const MAX_DIRECT_PUT_BYTES: usize = 1000 * 1024;

/// The largest record of a Kinesis data stream with the default setting, 1 MiB for data and
/// partition key
/// ([source](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Record.html)).
pub const MAX_KINESIS_BYTES: usize = 1024 * 1024;

/// The largest record of a Kinesis data stream with the highest setting, 10 MiB for data and
/// partition key
/// ([source](https://docs.aws.amazon.com/streams/latest/dev/large-records.html)).
pub const MAX_LARGE_KINESIS_BYTES: usize = 10 * 1024 * 1024;

/// The longest partition key of a Kinesis record, in characters
/// ([source](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html)).
pub const MAX_PARTITION_KEY_CHARS: usize = 256;
