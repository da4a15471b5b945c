use std::fmt;

use serde::Serialize;

use super::{
    buffering_hints::BufferingHints,
    error_stage::ErrorStage,
    http_endpoint_config::HttpEndpointConfig,
    iceberg_config::IcebergConfig,
    open_search_config::{OpenSearchConfig, SearchService},
    redshift_config::RedshiftConfig,
    s3_destination_config::S3DestinationConfig,
    snowflake_config::SnowflakeConfig,
    splunk_config::SplunkConfig,
};

/// The destination of a delivery stream, with its settings.
#[derive(Clone, Debug, PartialEq)]
pub enum DestinationConfig {
    /// S3.
    S3(S3DestinationConfig),
    /// An HTTP endpoint.
    HttpEndpoint(HttpEndpointConfig),
    /// Splunk.
    Splunk(SplunkConfig),
    /// OpenSearch, OpenSearch Serverless or Elasticsearch.
    OpenSearch(OpenSearchConfig),
    /// Redshift.
    Redshift(RedshiftConfig),
    /// Snowflake.
    Snowflake(SnowflakeConfig),
    /// Apache Iceberg tables.
    Iceberg(IcebergConfig),
}

/// The kind of a destination. In JSON, the kind is its [name](Self::name).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DestinationKind {
    /// S3.
    S3,
    /// An HTTP endpoint.
    HttpEndpoint,
    /// Splunk.
    Splunk,
    /// OpenSearch Service.
    Opensearch,
    /// OpenSearch Serverless.
    OpensearchServerless,
    /// Elasticsearch.
    Elasticsearch,
    /// Redshift.
    Redshift,
    /// Snowflake.
    Snowflake,
    /// Apache Iceberg tables.
    Iceberg,
}

impl DestinationConfig {
    /// Returns the kind of the destination.
    pub fn kind(&self) -> DestinationKind {
        match self {
            Self::S3(_) => DestinationKind::S3,
            Self::HttpEndpoint(_) => DestinationKind::HttpEndpoint,
            Self::Splunk(_) => DestinationKind::Splunk,
            Self::OpenSearch(config) => match config.service {
                SearchService::OpenSearch => DestinationKind::Opensearch,
                SearchService::OpenSearchServerless => DestinationKind::OpensearchServerless,
                SearchService::Elasticsearch => DestinationKind::Elasticsearch,
            },
            Self::Redshift(_) => DestinationKind::Redshift,
            Self::Snowflake(_) => DestinationKind::Snowflake,
            Self::Iceberg(_) => DestinationKind::Iceberg,
        }
    }

    /// Returns the S3 settings: of the destination itself, of the intermediate objects of Redshift,
    /// or of the backup of another destination.
    pub fn s3(&self) -> &S3DestinationConfig {
        match self {
            Self::S3(config) => config,
            Self::HttpEndpoint(config) => &config.backup,
            Self::Splunk(config) => &config.backup,
            Self::OpenSearch(config) => &config.backup,
            Self::Redshift(config) => &config.intermediate,
            Self::Snowflake(config) => &config.backup,
            Self::Iceberg(config) => &config.backup,
        }
    }

    /// Returns the S3 settings, like [`s3`](Self::s3).
    pub fn s3_mut(&mut self) -> &mut S3DestinationConfig {
        match self {
            Self::S3(config) => config,
            Self::HttpEndpoint(config) => &mut config.backup,
            Self::Splunk(config) => &mut config.backup,
            Self::OpenSearch(config) => &mut config.backup,
            Self::Redshift(config) => &mut config.intermediate,
            Self::Snowflake(config) => &mut config.backup,
            Self::Iceberg(config) => &mut config.backup,
        }
    }

    /// Returns the buffering hints of the destination itself, not of its backup.
    pub fn buffering(&self) -> BufferingHints {
        match self {
            Self::S3(config) => config.buffering,
            Self::HttpEndpoint(config) => config.buffering,
            Self::Splunk(config) => config.buffering,
            Self::OpenSearch(config) => config.buffering,
            Self::Redshift(config) => config.intermediate.buffering,
            Self::Snowflake(config) => config.buffering,
            Self::Iceberg(config) => config.buffering,
        }
    }
}

impl From<S3DestinationConfig> for DestinationConfig {
    fn from(config: S3DestinationConfig) -> Self {
        Self::S3(config)
    }
}

impl DestinationKind {
    /// Returns the name in reports and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::HttpEndpoint => "http-endpoint",
            Self::Splunk => "splunk",
            Self::Opensearch => "opensearch",
            Self::OpensearchServerless => "opensearch-serverless",
            Self::Elasticsearch => "elasticsearch",
            Self::Redshift => "redshift",
            Self::Snowflake => "snowflake",
            Self::Iceberg => "iceberg",
        }
    }

    /// Returns the error output type of records that the destination does not take; `None` for S3
    /// and Redshift, which take every record.
    pub(crate) fn error_output_type(self) -> Option<&'static str> {
        let stage = match self {
            Self::S3 => ErrorStage::S3,
            Self::HttpEndpoint => ErrorStage::HttpEndpoint,
            Self::Splunk => ErrorStage::Splunk,
            Self::Opensearch | Self::OpensearchServerless => ErrorStage::OpenSearch,
            Self::Elasticsearch => ErrorStage::Elasticsearch,
            Self::Redshift => ErrorStage::Redshift,
            Self::Snowflake => ErrorStage::Snowflake,
            Self::Iceberg => ErrorStage::Iceberg,
        };
        stage.error_output_type()
    }

    /// Returns `true` if the records can be sent to an endpoint.
    pub fn takes_endpoint(self) -> bool {
        match self {
            Self::HttpEndpoint
            | Self::Splunk
            | Self::Opensearch
            | Self::OpensearchServerless
            | Self::Elasticsearch => true,
            Self::S3 | Self::Redshift | Self::Snowflake | Self::Iceberg => false,
        }
    }

    /// Returns `true` if Firehose signs its requests to the endpoint with the credentials of its
    /// role.
    pub fn is_signed(self) -> bool {
        matches!(self, Self::Opensearch | Self::OpensearchServerless | Self::Elasticsearch)
    }
}

impl fmt::Display for DestinationKind {
    /// Writes the name in messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::S3 => "S3",
            Self::HttpEndpoint => "the HTTP endpoint",
            Self::Splunk => "Splunk",
            Self::Opensearch => "OpenSearch",
            Self::OpensearchServerless => "OpenSearch Serverless",
            Self::Elasticsearch => "Elasticsearch",
            Self::Redshift => "Redshift",
            Self::Snowflake => "Snowflake",
            Self::Iceberg => "Iceberg",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_in_json() {
        for kind in [
            DestinationKind::S3,
            DestinationKind::HttpEndpoint,
            DestinationKind::Splunk,
            DestinationKind::Opensearch,
            DestinationKind::OpensearchServerless,
            DestinationKind::Elasticsearch,
            DestinationKind::Redshift,
            DestinationKind::Snowflake,
            DestinationKind::Iceberg,
        ] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }
}
