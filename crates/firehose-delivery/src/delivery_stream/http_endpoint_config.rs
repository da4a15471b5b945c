use std::time::Duration;

use super::{
    buffering_hints::BufferingHints, s3_destination_config::S3DestinationConfig, secret::Secret,
};

/// An HTTP endpoint: a server of the user, or a service such as Datadog or New Relic. The
/// properties are those of
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_HttpEndpointDestinationConfiguration.html>.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpEndpointConfig {
    /// The URL of the endpoint. A run does not send requests to this URL, but to its
    /// [`Endpoint`](crate::run::Endpoint), which may have the same URL.
    pub url: String,
    /// The access key that requests carry.
    pub access_key: Option<Secret>,
    /// `true` if the body of a request is compressed (`ContentEncoding: GZIP`).
    pub gzip: bool,
    /// The attributes that all requests carry, in the order of the configuration.
    pub common_attributes: Vec<(String, String)>,
    /// The hints that decide when a request is sent.
    pub buffering: BufferingHints,
    /// The time for retries of a request.
    pub retry_duration: Duration,
    /// The destination of failed records.
    pub backup: S3DestinationConfig,
}

impl HttpEndpointConfig {
    /// Returns a configuration with the defaults of Firehose: 5 MB or 300 seconds, and 300 seconds
    /// for retries.
    pub fn new(url: impl Into<String>, backup: S3DestinationConfig) -> Self {
        Self {
            url: url.into(),
            access_key: None,
            gzip: false,
            common_attributes: Vec::new(),
            buffering: BufferingHints::new(5, 300),
            retry_duration: Duration::from_secs(300),
            backup,
        }
    }
}
