/// A reason why Splunk does not take a request. The codes and the messages are those of
/// <https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SplunkFailure {
    /// Firehose could not connect to the collector.
    InvalidEndpoint,
    /// The collector closed the connection before the end of its response.
    ConnectionClosed,
    /// The collector did not respond in time.
    ConnectionTimeout,
    /// The TLS handshake failed.
    SslHandshake,
    /// The collector has no such path.
    UrlNotFound,
    /// The token is disabled.
    DisabledToken,
    /// The token is missing or invalid.
    InvalidToken,
    /// The collector cannot read the records.
    InvalidDataFormat,
    /// The index does not exist, or the token may not use it.
    InvalidIndex,
    /// Indexer acknowledgment is disabled for the token.
    DisabledAck,
    /// The collector does not know the channel of the request, for example because a load balancer
    /// has chosen another collector.
    ProxyWithoutStickySessions,
    /// The collector is busy.
    IndexerBusy,
    /// The request is too long.
    ContentTooLarge,
    /// Any other answer that is not a success.
    ServerError,
    /// The response is not in the format of the collector.
    InvalidHecResponse,
    /// The collector did not acknowledge the request in time.
    AckTimeout,
}

impl SplunkFailure {
    /// All failures.
    #[cfg(test)]
    pub(super) const ALL: [Self; 16] = [
        Self::InvalidEndpoint,
        Self::ConnectionClosed,
        Self::ConnectionTimeout,
        Self::SslHandshake,
        Self::UrlNotFound,
        Self::DisabledToken,
        Self::InvalidToken,
        Self::InvalidDataFormat,
        Self::InvalidIndex,
        Self::DisabledAck,
        Self::ProxyWithoutStickySessions,
        Self::IndexerBusy,
        Self::ContentTooLarge,
        Self::ServerError,
        Self::InvalidHecResponse,
        Self::AckTimeout,
    ];

    pub(super) fn error_code(self) -> &'static str {
        match self {
            Self::InvalidEndpoint => "Splunk.InvalidEndpoint",
            Self::ConnectionClosed => "Splunk.ConnectionClosed",
            Self::ConnectionTimeout => "Splunk.ConnectionTimeout",
            Self::SslHandshake => "Splunk.SSLHandshake",
            Self::UrlNotFound => "Splunk.URLNotFound",
            Self::DisabledToken => "Splunk.DisabledToken",
            Self::InvalidToken => "Splunk.InvalidToken",
            Self::InvalidDataFormat => "Splunk.InvalidDataFormat",
            Self::InvalidIndex => "Splunk.InvalidIndex",
            Self::DisabledAck => "Splunk.DisabledAck",
            Self::ProxyWithoutStickySessions => "Splunk.ProxyWithoutStickySessions",
            Self::IndexerBusy => "Splunk.IndexerBusy",
            Self::ContentTooLarge => "Splunk.ServerError.ContentTooLarge",
            Self::ServerError => "Splunk.ServerError",
            Self::InvalidHecResponse => "Splunk.InvalidHecResponseCharacter",
            Self::AckTimeout => "Splunk.AckTimeout",
        }
    }

    pub(super) fn error_message(self) -> &'static str {
        match self {
            Self::InvalidEndpoint => {
                "Could not connect to the HEC endpoint. Make sure that the HEC endpoint URL is valid \
                 and reachable from Amazon Data Firehose."
            }
            Self::ConnectionClosed => {
                "Unable to send data to Splunk due to a connection failure. This might be a \
                 transient error. Increasing the retry duration in your Amazon Data Firehose \
                 configuration might guard against such transient failures."
            }
            Self::ConnectionTimeout => {
                "The connection to Splunk timed out. This might be a transient error and the request \
                 will be retried. Amazon Data Firehose backs up the data to Amazon S3 if all retries \
                 fail."
            }
            Self::SslHandshake => {
                "Could not connect to the HEC endpoint. Make sure that the certificate and the host \
                 are valid."
            }
            Self::UrlNotFound => {
                "The requested URL was not found on the Splunk server. Please check the Splunk \
                 cluster and make sure it is configured correctly."
            }
            Self::DisabledToken => {
                "The HEC token is disabled. Enable the token to allow data delivery to Splunk."
            }
            Self::InvalidToken => {
                "The HEC token is invalid. Update Amazon Data Firehose with a valid HEC token."
            }
            Self::InvalidDataFormat => "The data is not formatted correctly.",
            Self::InvalidIndex => {
                "The HEC token or input is configured with an invalid index. Check your index \
                 configuration and try again."
            }
            Self::DisabledAck => {
                "Indexer acknowledgement is disabled for the HEC token. Enable indexer \
                 acknowledgement and try again."
            }
            Self::ProxyWithoutStickySessions => {
                "If you have a proxy (ELB or other) between Amazon Data Firehose and the HEC node, \
                 you must enable sticky sessions to support HEC ACKs."
            }
            Self::IndexerBusy => {
                "Data delivery to Splunk failed due to a server error from the HEC node. Make sure \
                 HEC endpoint or the Elastic Load Balancer is reachable and is healthy."
            }
            Self::ContentTooLarge => {
                "Data delivery to Splunk failed due to a server error with a statusCode: 413, \
                 message: the request your client sent was too large. See splunk docs to configure \
                 max_content_length."
            }
            Self::ServerError => {
                "Data delivery to Splunk failed due to a server error from the HEC node. Amazon Data \
                 Firehose will retry sending the data if the retry duration in your Amazon Data \
                 Firehose is greater than 0. If all the retries fail, Amazon Data Firehose backs up \
                 the data to Amazon S3."
            }
            Self::InvalidHecResponse => {
                "Invalid characters found in HEC response, make sure to check to the service and HEC \
                 configuration."
            }
            Self::AckTimeout => {
                "Did not receive an acknowledgement from HEC before the HEC acknowledgement timeout \
                 expired. Despite the acknowledgement timeout, it's possible the data was indexed \
                 successfully in Splunk. Amazon Data Firehose backs up in Amazon S3 data for which \
                 the acknowledgement timeout expired."
            }
        }
    }
}
