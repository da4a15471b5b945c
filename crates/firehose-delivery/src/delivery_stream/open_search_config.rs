use std::time::Duration;

use super::{buffering_hints::BufferingHints, s3_destination_config::S3DestinationConfig};

/// An OpenSearch, OpenSearch Serverless or Elasticsearch destination. The properties are those of
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_AmazonopensearchserviceDestinationConfiguration.html>.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenSearchConfig {
    /// The service behind the destination.
    pub service: SearchService,
    /// The index, before rotation.
    pub index_name: String,
    /// The type of the documents, which only old versions of Elasticsearch have.
    pub type_name: Option<String>,
    /// The part of the arrival that is appended to the index.
    pub rotation: IndexRotation,
    /// `true` if Firehose gives each document an id. `false` if the cluster does.
    pub has_document_ids: bool,
    /// The hints that decide when a request is sent.
    pub buffering: BufferingHints,
    /// The time for all attempts of a request.
    pub retry_duration: Duration,
    /// The destination of failed documents.
    pub backup: S3DestinationConfig,
}

/// A search service that takes bulk requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchService {
    /// `AmazonopensearchserviceDestinationConfiguration`.
    OpenSearch,
    /// `AmazonOpenSearchServerlessDestinationConfiguration`.
    OpenSearchServerless,
    /// `ElasticsearchDestinationConfiguration`.
    Elasticsearch,
}

/// `IndexRotationPeriod`:
/// <https://docs.aws.amazon.com/firehose/latest/dev/es-index-rotation.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexRotation {
    /// The index of the configuration.
    NoRotation,
    /// A new index each hour.
    OneHour,
    /// A new index each day.
    OneDay,
    /// A new index each week.
    OneWeek,
    /// A new index each month.
    OneMonth,
}

impl OpenSearchConfig {
    /// Returns a configuration with the defaults of Firehose: 5 MB or 300 seconds, 300 seconds for
    /// all attempts, a new index each day, and document ids. Indexes of OpenSearch Serverless do not
    /// rotate.
    pub fn new(
        service: SearchService,
        index_name: impl Into<String>,
        backup: S3DestinationConfig,
    ) -> Self {
        Self {
            service,
            index_name: index_name.into(),
            type_name: None,
            rotation: match service {
                SearchService::OpenSearchServerless => IndexRotation::NoRotation,
                SearchService::OpenSearch | SearchService::Elasticsearch => IndexRotation::OneDay,
            },
            has_document_ids: true,
            buffering: BufferingHints::new(5, 300),
            retry_duration: Duration::from_secs(300),
            backup,
        }
    }
}
