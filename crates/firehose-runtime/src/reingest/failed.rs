use std::{error::Error, fmt, io};

use aws_sdk_kinesis::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};
use firehose_core::error_chain;

use crate::cause::shortened;

/// The length in bytes at which a message is cut, so that the rest of the cause has room.
const MAX_MESSAGE_BYTES: usize = 512;

/// The error codes after which another attempt may succeed: throttling, and failures inside the
/// service. A request or one entry can have such a code.
const TRANSIENT: [&str; 15] = [
    "InternalFailure",
    "InternalServerError",
    "KMSThrottlingException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestTimeout",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
];

/// A failed attempt to put a record back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FailedAttempt {
    pub(super) cause: String,
    pub(super) state: AttemptState,
}

/// The state of the record after the attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AttemptState {
    /// The service rejected the record, and will reject it again.
    Refused,
    /// The service did not take the record, but may take it in another attempt.
    NotTaken,
    /// The service may have taken the record. Another attempt may duplicate the record.
    Unclear,
}

impl FailedAttempt {
    pub(super) fn refused(cause: impl Into<String>) -> Self {
        Self { cause: cause.into(), state: AttemptState::Refused }
    }

    pub(super) fn not_taken(cause: impl Into<String>) -> Self {
        Self { cause: cause.into(), state: AttemptState::NotTaken }
    }

    pub(super) fn unclear(cause: impl Into<String>) -> Self {
        Self { cause: cause.into(), state: AttemptState::Unclear }
    }

    /// Classifies an error code and message, of a request or of one entry.
    pub(super) fn of_code(code: Option<&str>, message: Option<&str>) -> Self {
        // The messages of these errors may quote payload.
        let quotes = matches!(code, Some("ValidationException" | "SerializationException"));
        let cause = match message.unwrap_or_default() {
            _ if quotes => code.unwrap_or_default().to_owned(),
            "" => code.unwrap_or("an error without a code").to_owned(),
            message => {
                let message = shortened(message, MAX_MESSAGE_BYTES);
                format!("{}: {message}", code.unwrap_or("no error code"))
            }
        };
        match code {
            Some(code) if TRANSIENT.contains(&code) => Self::not_taken(cause),
            _ => Self::refused(cause),
        }
    }

    /// Classifies an error of the SDK. The result applies to all entries of the request.
    pub(super) fn of_request<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match error {
            SdkError::ServiceError(service) => {
                let status = service.raw().status().as_u16();
                let metadata = service.err();
                let mut failed = Self::of_code(metadata.code(), metadata.message());
                failed.cause = format!("{} (HTTP status {status})", failed.cause);
                match status {
                    429 | 503 => failed.state = AttemptState::NotTaken,
                    // The service may have taken the records before the failure.
                    500.. => failed.state = AttemptState::Unclear,
                    _ => {}
                }
                failed
            }
            SdkError::ResponseError(response) => {
                let status = response.raw().status().as_u16();
                let cause = format!("{} (HTTP status {status})", chain(error));
                Self::unclear(cause)
            }
            SdkError::DispatchFailure(_) if is_refused(error) => Self::not_taken(chain(error)),
            // `as_other` is set if the connection ended before the response.
            SdkError::DispatchFailure(failure)
                if failure.is_io() || failure.is_timeout() || failure.as_other().is_some() =>
            {
                Self::unclear(chain(error))
            }
            SdkError::TimeoutError(_) => Self::unclear(chain(error)),
            // Without credentials, region or certificates, nothing was sent.
            _ => Self::refused(chain(error)),
        }
    }
}

/// Returns `true` if the connection was refused, so that nothing was sent.
fn is_refused(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<io::Error>()
            && error.kind() == io::ErrorKind::ConnectionRefused
        {
            return true;
        }
        next = error.source();
    }
    false
}

fn chain(error: &dyn Error) -> String {
    shortened(&error_chain(error), MAX_MESSAGE_BYTES)
}

impl fmt::Display for FailedAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_transient_errors_are_tried_again() {
        let state = |code| FailedAttempt::of_code(code, Some("why")).state;
        assert_eq!(state(Some("ProvisionedThroughputExceededException")), AttemptState::NotTaken);
        assert_eq!(state(Some("InternalFailure")), AttemptState::NotTaken);
        assert_eq!(state(Some("AccessDeniedException")), AttemptState::Refused);
        assert_eq!(state(None), AttemptState::Refused);
    }

    #[test]
    fn a_cause_has_code_and_message_and_a_limit() {
        let cause = |code, message: &str| FailedAttempt::of_code(code, Some(message)).cause;
        assert_eq!(cause(Some("AccessDenied"), "no"), "AccessDenied: no");
        assert_eq!(cause(Some("AccessDenied"), ""), "AccessDenied");
        assert_eq!(cause(None, "no"), "no error code: no");
        assert!(cause(None, &"é".repeat(9999)).len() < 600);
    }
}
