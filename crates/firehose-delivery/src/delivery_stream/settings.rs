use std::time::Duration;

use jiff::tz::TimeZone;

use super::megabytes::MEGABYTE;

/// One delivery stream, as far as it decides what is delivered.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliveryStream {
    /// Its name, which the names of its objects begin with.
    pub name: String,
    /// Where its records come from.
    pub source: StreamSource,
    /// The function that its records go through, if there is one.
    pub lambda: Option<LambdaProcessorConfig>,
    /// Whether there is a newline between records (`AppendDelimiterToRecord`).
    pub append_delimiter: bool,
    /// Where its records go to.
    pub destination: S3DestinationConfig,
}

/// Where the records of a delivery stream come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamSource {
    /// Producers put them to the delivery stream itself.
    DirectPut,
    /// It reads a Kinesis stream of this name.
    KinesisStream(String),
}

/// The parameters of a Lambda processor:
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_ProcessorParameter.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LambdaProcessorConfig {
    /// The function: a key of [`Deployment::functions`](firehose_template::Deployment::functions).
    pub function: String,
    /// The ARN that error lines name.
    pub lambda_arn: String,
    /// How much is collected for one invocation, by size and by time.
    pub buffering: BufferingHints,
    /// How often an invocation that failed is tried again.
    pub retries: u32,
}

/// Records are collected until there are so many bytes of them, or for so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BufferingHints {
    /// In bytes, of the records' data.
    pub size: u64,
    /// Counted from the first record on.
    pub interval: Duration,
}

/// An extended S3 destination.
#[derive(Clone, Debug, PartialEq)]
pub struct S3DestinationConfig {
    /// The bucket, by its name or by what the template calls it.
    pub bucket: String,
    /// What the keys of objects begin with, as it is written, expressions and all.
    pub prefix: String,
    /// The same for objects with failed records; `None` if there is none.
    pub error_output_prefix: Option<String>,
    /// How much is collected for one object, by size and by time.
    pub buffering: BufferingHints,
    /// What is done to the objects.
    pub compression: Compression,
    /// What the keys of objects end with, if not with what the compression says.
    pub file_extension: Option<String>,
    /// Where the times of prefixes and object names are.
    pub time_zone: TimeZone,
    /// Whether records of different partition keys go into different objects.
    pub dynamic_partitioning: bool,
}

/// `CompressionFormat`, as far as it is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// `UNCOMPRESSED`
    Uncompressed,
    /// `GZIP`
    Gzip,
}

impl Default for S3DestinationConfig {
    /// The defaults of Firehose: 5 MB or 300 seconds, uncompressed, no prefix, UTC.
    fn default() -> Self {
        Self {
            bucket: String::new(),
            prefix: String::new(),
            error_output_prefix: None,
            buffering: BufferingHints { size: 5 * MEGABYTE, interval: Duration::from_secs(300) },
            compression: Compression::Uncompressed,
            file_extension: None,
            time_zone: TimeZone::UTC,
            dynamic_partitioning: false,
        }
    }
}

impl LambdaProcessorConfig {
    /// A processor with the defaults of Firehose: 1 MB or 60 seconds, 3 retries.
    pub fn new(function: impl Into<String>, lambda_arn: impl Into<String>) -> Self {
        Self {
            function: function.into(),
            lambda_arn: lambda_arn.into(),
            buffering: BufferingHints { size: MEGABYTE, interval: Duration::from_secs(60) },
            retries: 3,
        }
    }
}

impl DeliveryStream {
    /// A delivery stream without a function.
    pub fn new(
        name: impl Into<String>,
        source: StreamSource,
        destination: S3DestinationConfig,
    ) -> Self {
        Self { name: name.into(), source, lambda: None, append_delimiter: false, destination }
    }
}
