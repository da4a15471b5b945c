use super::{
    error_stage::ErrorStage, http_endpoint_failure::HttpEndpointFailure,
    search_failure::SearchFailure, splunk_failure::SplunkFailure,
};

/// The reason why a destination other than S3 does not take a record.
///
/// The codes and the messages are those of
/// <https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DestinationFailure {
    /// A failure of an HTTP endpoint.
    HttpEndpoint(HttpEndpointFailure),
    /// A failure of Splunk.
    Splunk(SplunkFailure),
    /// A failure of OpenSearch or OpenSearch Serverless.
    OpenSearch(SearchFailure),
    /// A failure of Elasticsearch.
    Elasticsearch(SearchFailure),
    /// Neither the answer of the function, nor a query, nor the configuration determines the Iceberg
    /// table, or the name of the table or the operation is invalid.
    InvalidIcebergTable,
}

impl DestinationFailure {
    /// Returns the `errorCode` of an error line.
    pub(super) fn error_code(self) -> &'static str {
        match self {
            Self::HttpEndpoint(failure) => failure.error_code(),
            Self::Splunk(failure) => failure.error_code(),
            Self::OpenSearch(failure) => failure.error_codes().0,
            Self::Elasticsearch(failure) => failure.error_codes().1,
            Self::InvalidIcebergTable => "Iceberg.InvalidTableName",
        }
    }

    /// Returns the `errorMessage` of an error line, without the response of the destination.
    pub(super) fn error_message(self) -> &'static str {
        match self {
            Self::HttpEndpoint(failure) => failure.error_message(),
            Self::Splunk(failure) => failure.error_message(),
            Self::OpenSearch(failure) | Self::Elasticsearch(failure) => failure.error_message(),
            Self::InvalidIcebergTable => {
                "A null or empty table name is passed, or the table is not in V2 format. Firehose \
                 doesn't support tables in V1 format."
            }
        }
    }

    /// Returns the stage that failed.
    pub(super) fn stage(self) -> ErrorStage {
        match self {
            Self::HttpEndpoint(_) => ErrorStage::HttpEndpoint,
            Self::Splunk(_) => ErrorStage::Splunk,
            Self::OpenSearch(_) => ErrorStage::OpenSearch,
            Self::Elasticsearch(_) => ErrorStage::Elasticsearch,
            Self::InvalidIcebergTable => ErrorStage::Iceberg,
        }
    }
}

impl From<HttpEndpointFailure> for DestinationFailure {
    fn from(failure: HttpEndpointFailure) -> Self {
        Self::HttpEndpoint(failure)
    }
}

impl From<SplunkFailure> for DestinationFailure {
    fn from(failure: SplunkFailure) -> Self {
        Self::Splunk(failure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_a_failure_names_its_stage() {
        let http = HttpEndpointFailure::ALL.map(DestinationFailure::HttpEndpoint);
        let splunk = SplunkFailure::ALL.map(DestinationFailure::Splunk);
        let named = SearchFailure::NAMED;
        let all = http
            .into_iter()
            .chain(splunk)
            .chain(named.map(DestinationFailure::OpenSearch))
            .chain(named.map(DestinationFailure::Elasticsearch))
            .chain([DestinationFailure::InvalidIcebergTable]);
        for failure in all {
            assert_eq!(ErrorStage::of_code(failure.error_code()), Some(failure.stage()));
            let message = failure.error_message();
            assert!(!message.contains("  ") && !message.contains('\n'), "{message}");
        }
    }
}
