use std::{ops::RangeInclusive, sync::LazyLock};

/// A reason why a search service does not take a document. The messages are those of
/// <https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html>.
///
/// For Elasticsearch, AWS documents only `ES.AccessDenied` and `ES.ResourceNotFound`. The other
/// codes with `ES.` are our choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SearchFailure {
    /// Firehose could not connect to the cluster.
    ConnectionFailed,
    /// The cluster closed the connection before the end of its response.
    ConnectionReset,
    /// The cluster did not respond in time.
    RequestTimeout,
    /// The cluster denies access.
    AccessDenied,
    /// The endpoint does not exist.
    ResourceNotFound,
    /// The cluster answered with status 502.
    BadGateway,
    /// The cluster answered with status 504.
    GatewayTimeout,
    /// The cluster answered with another status, or in another format.
    ClusterError,
    /// The document cannot be a line of a bulk request.
    MalformedData,
    /// The response has more entries than the request.
    ResponseEntryCountMismatch,
    /// The cluster rejected the document with this status, which is the error code.
    Rejected(u16),
}

/// The statuses that can be an error code.
const STATUSES: RangeInclusive<u16> = 100..=999;

/// The texts of all statuses, because error codes are static.
static STATUS_TEXTS: LazyLock<Vec<String>> =
    LazyLock::new(|| STATUSES.map(|status| status.to_string()).collect());

impl SearchFailure {
    /// All failures that have a name.
    #[cfg(test)]
    pub(super) const NAMED: [Self; 10] = [
        Self::ConnectionFailed,
        Self::ConnectionReset,
        Self::RequestTimeout,
        Self::AccessDenied,
        Self::ResourceNotFound,
        Self::BadGateway,
        Self::GatewayTimeout,
        Self::ClusterError,
        Self::MalformedData,
        Self::ResponseEntryCountMismatch,
    ];

    /// Returns the code of OpenSearch and the code of Elasticsearch.
    pub(super) fn error_codes(self) -> (&'static str, &'static str) {
        match self {
            Self::ConnectionFailed => ("OS.ConnectionFailed", "ES.ConnectionFailed"),
            Self::ConnectionReset => ("OS.ConnectionReset", "ES.ConnectionReset"),
            Self::RequestTimeout => ("OS.RequestTimeout", "ES.RequestTimeout"),
            Self::AccessDenied => ("OS.AccessDenied", "ES.AccessDenied"),
            Self::ResourceNotFound => ("OS.ResourceNotFound", "ES.ResourceNotFound"),
            Self::BadGateway => ("OS.BadGateway", "ES.BadGateway"),
            Self::GatewayTimeout => ("OS.GatewayTimeout", "ES.GatewayTimeout"),
            Self::ClusterError => ("OS.ClusterError", "ES.ClusterError"),
            Self::MalformedData => ("OS.MalformedData", "ES.MalformedData"),
            Self::ResponseEntryCountMismatch => {
                ("OS.ResponseEntryCountMismatch", "ES.ResponseEntryCountMismatch")
            }
            Self::Rejected(status) => {
                let index = status.checked_sub(*STATUSES.start()).map(usize::from);
                let text = index.and_then(|index| STATUS_TEXTS.get(index));
                text.map_or(Self::ClusterError.error_codes(), |text| (text, text))
            }
        }
    }

    pub(super) fn error_message(self) -> &'static str {
        match self {
            Self::ConnectionFailed => {
                "Trouble connecting to the Amazon OpenSearch Service cluster or OpenSearch \
                 Serverless collection. Ensure that the cluster or collection is healthy and \
                 reachable."
            }
            Self::ConnectionReset => {
                "Unable to maintain connection with the Amazon OpenSearch Service cluster or \
                 OpenSearch Serverless collection. Contact the owner of the cluster or collection \
                 to resolve this issue."
            }
            Self::RequestTimeout => {
                "Request to the Amazon OpenSearch Service cluster or OpenSearch Serverless \
                 collection timed out. Ensure that the cluster or collection has sufficient \
                 capacity for the current workload."
            }
            Self::AccessDenied => {
                "Access was denied. Ensure that the access policy on the Amazon OpenSearch Service \
                 cluster grants access to the configured IAM role."
            }
            Self::ResourceNotFound => {
                "The specified Amazon OpenSearch Service domain does not exist."
            }
            Self::BadGateway => {
                "The Amazon OpenSearch Service cluster or OpenSearch Serverless collection aborted \
                 the request with a response: 502 Bad Gateway."
            }
            Self::GatewayTimeout => {
                "Firehose encountered timeout errors when connecting to the Amazon OpenSearch \
                 Service cluster or OpenSearch Serverless collection."
            }
            Self::ClusterError => {
                "The Amazon OpenSearch Service cluster or OpenSearch Serverless collection returned \
                 an unspecified error."
            }
            Self::MalformedData => {
                "One or more records are malformed. Please ensure that each record is single valid \
                 JSON object and that it does not contain newlines."
            }
            Self::ResponseEntryCountMismatch => {
                "The response from the Bulk API contained more entries than the number of records \
                 sent. Ensure that each record contains only one JSON object and that there are no \
                 newlines."
            }
            // The message is the error that the cluster returned.
            Self::Rejected(_) => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_a_rejected_document_is_the_status() {
        for status in [100, 400, 429, 999] {
            let text = status.to_string();
            assert_eq!(SearchFailure::Rejected(status).error_codes(), (&*text, &*text));
        }
        for status in [0, 99, 1000] {
            let codes = ("OS.ClusterError", "ES.ClusterError");
            assert_eq!(SearchFailure::Rejected(status).error_codes(), codes);
        }
    }
}
