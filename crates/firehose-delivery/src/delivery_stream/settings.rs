use std::time::Duration;

use jiff::tz::TimeZone;

use super::{megabytes::MEGABYTE, processor_settings::ProcessorSettings};

/// The settings of a delivery stream that decide which objects it delivers.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliveryStream {
    /// The name. The names of the objects begin with it.
    pub name: String,
    /// The source of the records.
    pub source: StreamSource,
    /// Firehose's own processors, such as Decompression. Default: none.
    pub processors: ProcessorSettings,
    /// The Lambda processor, if the delivery stream has one.
    pub lambda: Option<LambdaProcessorConfig>,
    /// `true` if a newline separates the records of an object (`AppendDelimiterToRecord`).
    pub append_delimiter: bool,
    /// The destination of the records.
    pub destination: S3DestinationConfig,
}

/// The source of the records of a delivery stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamSource {
    /// Producers put records to the delivery stream.
    DirectPut,
    /// The delivery stream reads the Kinesis stream of this name.
    KinesisStream(String),
}

/// The parameters of a Lambda processor:
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_ProcessorParameter.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LambdaProcessorConfig {
    /// The name of the function. The caller chooses the function by this name.
    pub function: String,
    /// The ARN that error lines name.
    pub lambda_arn: String,
    /// The hints that decide when a batch of records is sent to the function.
    pub buffering: BufferingHints,
    /// The number of retries after a failed invocation.
    pub retries: u32,
}

/// The size and the age at which a buffer of records is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BufferingHints {
    /// The size of the records' data, in bytes.
    pub size: u64,
    /// The time since the first record.
    pub interval: Duration,
}

/// An extended S3 destination.
#[derive(Clone, Debug, PartialEq)]
pub struct S3DestinationConfig {
    /// The bucket, by its name or by its logical id in the template.
    pub bucket: String,
    /// The prefix of the keys of objects, before its expressions are evaluated.
    pub prefix: String,
    /// The prefix of the keys of objects with failed records, before its expressions are
    /// evaluated.
    pub error_output_prefix: Option<String>,
    /// The hints that decide when an object is complete.
    pub buffering: BufferingHints,
    /// The compression of the objects.
    pub compression: Compression,
    /// The end of the keys of objects, in place of the extension of the compression.
    pub file_extension: Option<String>,
    /// The time zone of prefixes and object names.
    pub time_zone: TimeZone,
    /// `true` if records with different partition keys go into different objects.
    pub dynamic_partitioning: bool,
}

/// A simulated `CompressionFormat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// `UNCOMPRESSED`.
    Uncompressed,
    /// `GZIP`.
    Gzip,
}

impl Default for S3DestinationConfig {
    /// Returns the defaults of Firehose: 5 MB or 300 seconds, uncompressed, no prefix, UTC.
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
    /// Returns a processor with the defaults of Firehose: 1 MB or 60 seconds, 3 retries.
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
    /// Returns the names of the processors in Firehose's API, in the order in which they run.
    pub fn processor_names(&self) -> Vec<&'static str> {
        let mut names = self.processors.names();
        let before = names.iter().take_while(|name| **name != "MetadataExtraction").count();
        if self.lambda.is_some() {
            names.insert(before, "Lambda");
        }
        if self.append_delimiter {
            names.push("AppendDelimiterToRecord");
        }
        names
    }

    /// Returns a delivery stream without processors.
    pub fn new(
        name: impl Into<String>,
        source: StreamSource,
        destination: S3DestinationConfig,
    ) -> Self {
        Self {
            name: name.into(),
            source,
            processors: ProcessorSettings::default(),
            lambda: None,
            append_delimiter: false,
            destination,
        }
    }
}
