/// A reason why an HTTP endpoint does not take a request. The codes and the messages are those of
/// <https://docs.aws.amazon.com/firehose/latest/dev/http_troubleshooting.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HttpEndpointFailure {
    /// Firehose could not connect to the endpoint.
    ConnectionFailed,
    /// The endpoint closed the connection before the end of its response.
    ConnectionReset,
    /// The TLS handshake failed.
    SslHandshakeFailure,
    /// The endpoint did not respond in time.
    RequestTimeout,
    /// The response is too long.
    ResponseTooLarge,
    /// The status is not 2xx, 4xx or 5xx.
    InvalidStatusCode,
    /// The status is 2xx, 4xx or 5xx, but not 200.
    DestinationException,
    /// The endpoint answered with status 200, but in another format.
    InvalidResponse,
    /// The access key has a character that is not allowed in a header.
    IllegalHeaderValue,
}

impl HttpEndpointFailure {
    /// All failures.
    #[cfg(test)]
    pub(super) const ALL: [Self; 9] = [
        Self::ConnectionFailed,
        Self::ConnectionReset,
        Self::SslHandshakeFailure,
        Self::RequestTimeout,
        Self::ResponseTooLarge,
        Self::InvalidStatusCode,
        Self::DestinationException,
        Self::InvalidResponse,
        Self::IllegalHeaderValue,
    ];

    pub(super) fn error_code(self) -> &'static str {
        match self {
            Self::ConnectionFailed => "HttpEndpoint.ConnectionFailed",
            Self::ConnectionReset => "HttpEndpoint.ConnectionReset",
            Self::SslHandshakeFailure => "HttpEndpoint.SSLHandshakeFailure",
            Self::RequestTimeout => "HttpEndpoint.RequestTimeout",
            Self::ResponseTooLarge => "HttpEndpoint.ResponseTooLarge",
            Self::InvalidStatusCode => "HttpEndpoint.InvalidStatusCode",
            Self::DestinationException => "HttpEndpoint.DestinationException",
            Self::InvalidResponse => "HttpEndpoint.InvalidResponseFromDestination",
            Self::IllegalHeaderValue => {
                "HttpEndpoint.MakeRequestFailure.IllegalCharacterInHeaderValue"
            }
        }
    }

    pub(super) fn error_message(self) -> &'static str {
        match self {
            Self::ConnectionFailed => {
                "Unable to connect to the destination endpoint. Contact the owner of the endpoint to \
                 resolve this issue."
            }
            Self::ConnectionReset => {
                "Unable to maintain connection with the endpoint. Contact the owner of the endpoint \
                 to resolve this issue."
            }
            Self::SslHandshakeFailure => {
                "Unable to complete an SSL Handshake with the endpoint. Contact the owner of the \
                 endpoint to resolve this issue."
            }
            Self::RequestTimeout => {
                "The delivery timed out before a response was received and will be retried. If this \
                 error persists, contact the AWS Firehose service team."
            }
            Self::ResponseTooLarge => {
                "The response received from the endpoint is too large. Contact the owner of the \
                 endpoint to resolve this issue."
            }
            Self::InvalidStatusCode => "Received an invalid response status code.",
            Self::DestinationException => {
                "The following response was received from the endpoint destination."
            }
            Self::InvalidResponse => {
                "The response received from the specified endpoint is invalid. Contact the owner of \
                 the endpoint to resolve the issue."
            }
            Self::IllegalHeaderValue => {
                "HttpEndpoint request failed due to illegal response error. Illegal character in \
                 header value."
            }
        }
    }
}
