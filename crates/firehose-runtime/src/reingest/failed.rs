use std::{error::Error, fmt, io};

use aws_sdk_kinesis::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};

use crate::failure::shortened;

/// Messages are cut to this length, so that there is room for what they are about.
const MAX_MESSAGE_BYTES: usize = 512;

/// What passes by itself, as a code of a whole request or of one entry: throttling, and
/// failures inside the service.
const PASSING: [&str; 15] = [
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

/// Why one attempt did not put a record back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failed {
    pub(super) cause: String,
    pub(super) state: State,
}

/// What another attempt could do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// The record was not taken, and would not be another time.
    Refused,
    /// The record was not taken, and may be another time.
    NotTaken,
    /// Nobody knows whether the record was taken: another attempt may put it there twice.
    Unclear,
}

impl Failed {
    pub(super) fn refused(cause: impl Into<String>) -> Self {
        Self { cause: cause.into(), state: State::Refused }
    }

    pub(super) fn not_taken(cause: impl Into<String>) -> Self {
        Self { cause: cause.into(), state: State::NotTaken }
    }

    pub(super) fn unclear(cause: impl Into<String>) -> Self {
        Self { cause: cause.into(), state: State::Unclear }
    }

    /// Of an error code and message, of a whole request or of one entry.
    pub(super) fn of_code(code: Option<&str>, message: Option<&str>) -> Self {
        // These may quote what they refuse, and that is payload.
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
            Some(code) if PASSING.contains(&code) => Self::not_taken(cause),
            _ => Self::refused(cause),
        }
    }

    /// Of an error of the SDK, which stands for all entries of the request.
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
                    429 | 503 => failed.state = State::NotTaken,
                    // It may have been carried out before it went wrong.
                    500.. => failed.state = State::Unclear,
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
            // `as_other` is there of a connection that ended before the response did.
            SdkError::DispatchFailure(failure)
                if failure.is_io() || failure.is_timeout() || failure.as_other().is_some() =>
            {
                Self::unclear(chain(error))
            }
            SdkError::TimeoutError(_) => Self::unclear(chain(error)),
            // No credentials, no region, no certificates: nothing was sent.
            _ => Self::refused(chain(error)),
        }
    }
}

/// Whether the connection was refused, so that nothing was sent.
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

/// The error and its sources, each text once: some of the SDK's repeat those of their sources.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next.filter(|_| text.len() < MAX_MESSAGE_BYTES) {
        let part = error.to_string();
        if !text.contains(&part) {
            text = format!("{text}: {part}");
        }
        next = error.source();
    }
    shortened(&text, MAX_MESSAGE_BYTES)
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_passes_is_tried_again() {
        let state = |code| Failed::of_code(code, Some("why")).state;
        assert_eq!(state(Some("ProvisionedThroughputExceededException")), State::NotTaken);
        assert_eq!(state(Some("InternalFailure")), State::NotTaken);
        assert_eq!(state(Some("AccessDeniedException")), State::Refused);
        assert_eq!(state(None), State::Refused);
    }

    #[test]
    fn a_cause_has_code_and_message_and_an_end() {
        let cause = |code, message: &str| Failed::of_code(code, Some(message)).cause;
        assert_eq!(cause(Some("AccessDenied"), "no"), "AccessDenied: no");
        assert_eq!(cause(Some("AccessDenied"), ""), "AccessDenied");
        assert_eq!(cause(None, "no"), "no error code: no");
        assert!(cause(None, &"é".repeat(9999)).len() < 600);
    }
}
