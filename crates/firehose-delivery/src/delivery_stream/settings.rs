use super::{
    buffering_hints::BufferingHints, destination_config::DestinationConfig,
    processor_settings::ProcessorSettings,
};

/// The settings of a delivery stream that determine its objects and requests.
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
    pub destination: DestinationConfig,
}

/// The source of the records of a delivery stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamSource {
    /// Producers put records to the delivery stream.
    DirectPut,
    /// The delivery stream reads the Kinesis stream of this name.
    KinesisStream(String),
    /// The delivery stream reads a topic of a cluster of Amazon MSK.
    MskTopic {
        /// The ARN of the cluster.
        cluster_arn: String,
        /// The name of the topic.
        topic: String,
    },
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

impl LambdaProcessorConfig {
    /// Returns a processor with the defaults of Firehose: 1 MB or 60 seconds, 3 retries.
    pub fn new(function: impl Into<String>, lambda_arn: impl Into<String>) -> Self {
        Self {
            function: function.into(),
            lambda_arn: lambda_arn.into(),
            buffering: BufferingHints::new(1, 60),
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
        destination: impl Into<DestinationConfig>,
    ) -> Self {
        Self {
            name: name.into(),
            source,
            processors: ProcessorSettings::default(),
            lambda: None,
            append_delimiter: false,
            destination: destination.into(),
        }
    }
}
