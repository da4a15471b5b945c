use std::time::Duration;

use super::{
    buffering_hints::BufferingHints, s3_destination_config::S3DestinationConfig, secret::Secret,
};

/// A Splunk destination: an HTTP Event Collector (HEC). The properties are those of
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_SplunkDestinationConfiguration.html>.
#[derive(Clone, Debug, PartialEq)]
pub struct SplunkConfig {
    /// The URL of the collector without a path.
    pub hec_endpoint: String,
    /// The form of the records.
    pub endpoint_type: HecEndpointType,
    /// The token that requests carry; `None` if the settings do not contain the token.
    pub hec_token: Option<Secret>,
    /// The time in which the collector must acknowledge a request.
    pub acknowledgment_timeout: Duration,
    /// The hints that decide when a request is sent.
    pub buffering: BufferingHints,
    /// The time for retries of a request.
    pub retry_duration: Duration,
    /// The destination of failed records.
    pub backup: S3DestinationConfig,
}

/// The endpoint of the collector that takes the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HecEndpointType {
    /// Records of any form.
    Raw,
    /// Records that are events in the JSON format of Splunk.
    Event,
}

impl SplunkConfig {
    /// Returns a configuration with the defaults of Firehose: 5 MB or 60 seconds, 180 seconds for an
    /// acknowledgment, and 3,600 seconds for retries.
    pub fn new(
        hec_endpoint: impl Into<String>,
        endpoint_type: HecEndpointType,
        backup: S3DestinationConfig,
    ) -> Self {
        Self {
            hec_endpoint: hec_endpoint.into(),
            endpoint_type,
            hec_token: None,
            acknowledgment_timeout: Duration::from_secs(180),
            buffering: BufferingHints::new(5, 60),
            retry_duration: Duration::from_secs(3600),
            backup,
        }
    }
}
