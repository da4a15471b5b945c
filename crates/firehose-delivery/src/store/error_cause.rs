use std::{error, io};

use object_store::client::{HttpError, HttpErrorKind};

use super::{error_kind::StoreErrorKind, s3_answer::S3Answer};

/// The cause of a store's error: its kind, a text for one line, and advice, which may be empty.
pub(super) struct ErrorCause {
    pub(super) kind: StoreErrorKind,
    pub(super) text: String,
    pub(super) advice: &'static str,
}

/// The properties of a chain of errors that determine the kind.
#[derive(Default)]
struct Chain {
    is_connect: bool,
    is_timeout: bool,
    is_denied: bool,
    is_not_found: bool,
    asks_for_credentials: bool,
}

impl ErrorCause {
    /// Classifies a chain of errors by their types.
    ///
    /// Four errors have types that are private to `object_store` or to its HTTP client: an error
    /// answer of the server, a redirect, a failed request for credentials, and an untrusted
    /// certificate. Only these errors are recognized by their texts.
    pub(super) fn of(error: &(dyn error::Error + 'static)) -> Self {
        let (chain, innermost) = Chain::of(error);
        // The innermost error has the cause. The outer errors repeat this cause, and contain URLs.
        let text = innermost.to_string();
        if chain.asks_for_credentials {
            let text = "the environment has no credentials".to_owned();
            return Self { kind: StoreErrorKind::Denied, text, advice: NO_CREDENTIALS };
        }
        if let Some(answer) = S3Answer::parse(&text) {
            return chain.of_answer(&answer);
        }
        if text.starts_with("Received redirect without LOCATION") {
            let text = "the server redirects to another region".to_owned();
            return Self { kind: StoreErrorKind::Other, text, advice: OTHER_REGION };
        }
        let (kind, advice) = match innermost.downcast_ref::<io::Error>() {
            // The client has a timeout only for connecting, so this error means that no connection
            // was made.
            _ if chain.is_timeout => (StoreErrorKind::Unreachable, ""),
            // The type of this error is private to the TLS of the HTTP client.
            _ if chain.is_connect && text.contains("certificate") => {
                (StoreErrorKind::Untrusted, UNTRUSTED)
            }
            _ if chain.is_connect => (StoreErrorKind::Unreachable, ""),
            Some(error) => of_io(error.kind()),
            None if chain.is_not_found => (StoreErrorKind::NotFound, ""),
            None => (StoreErrorKind::Other, ""),
        };
        Self { kind, text, advice }
    }
}

impl Chain {
    /// Returns the properties of a chain of errors, and its innermost error.
    fn of<'a>(error: &'a (dyn error::Error + 'static)) -> (Self, &'a (dyn error::Error + 'static)) {
        let mut chain = Self::default();
        let mut innermost = error;
        loop {
            if let Some(error) = innermost.downcast_ref::<HttpError>() {
                chain.is_connect |= error.kind() == HttpErrorKind::Connect;
                chain.is_timeout |= error.kind() == HttpErrorKind::Timeout;
            }
            match innermost.downcast_ref() {
                Some(object_store::Error::NotFound { .. }) => chain.is_not_found = true,
                Some(
                    object_store::Error::PermissionDenied { .. }
                    | object_store::Error::Unauthenticated { .. },
                ) => chain.is_denied = true,
                _ => {}
            }
            let text = innermost.to_string();
            chain.asks_for_credentials |= METADATA.iter().any(|part| text.contains(part));
            match innermost.source() {
                Some(source) => innermost = source,
                None => return (chain, innermost),
            }
        }
    }

    /// Classifies the answer of a server: by the code of S3, or else by the error type that
    /// `object_store` chose for the status, or else by the status.
    fn of_answer(&self, answer: &S3Answer<'_>) -> ErrorCause {
        let (kind, advice) = match answer.code {
            "NoSuchBucket" => (StoreErrorKind::NotFound, NO_BUCKET),
            "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "AuthFailure" => {
                (StoreErrorKind::Denied, WRONG_CREDENTIALS)
            }
            "ExpiredToken" | "InvalidToken" | "TokenRefreshRequired" => {
                (StoreErrorKind::Denied, EXPIRED_CREDENTIALS)
            }
            "KeyTooLongError" => (StoreErrorKind::BadKey, ""),
            "AuthorizationHeaderMalformed" | "PermanentRedirect" => {
                (StoreErrorKind::Other, OTHER_REGION)
            }
            _ if self.is_denied => (StoreErrorKind::Denied, DENIED_BY_S3),
            _ if self.is_not_found => (StoreErrorKind::NotFound, ""),
            _ => match answer.status_code() {
                Some(401 | 403) => (StoreErrorKind::Denied, DENIED_BY_S3),
                Some(404) => (StoreErrorKind::NotFound, ""),
                Some(500 | 502 | 503 | 504) => (StoreErrorKind::Unavailable, ""),
                _ => (StoreErrorKind::Other, ""),
            },
        };
        ErrorCause { kind, text: answer.to_string(), advice }
    }
}

/// Parts of the URLs that give credentials to a machine. The client requests these URLs if the
/// environment has no credentials:
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html>,
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>.
const METADATA: [&str; 3] =
    ["http://169.254.170.", "/latest/api/token", "/latest/meta-data/iam/security-credentials"];

const NO_CREDENTIALS: &str = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; profiles and SSO \
    are not read, but `eval \"$(aws configure export-credentials --format env)\"` sets both \
    variables from a profile";
const WRONG_CREDENTIALS: &str = "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and \
    AWS_SESSION_TOKEN";
const EXPIRED_CREDENTIALS: &str = "get new credentials: \
    eval \"$(aws configure export-credentials --format env)\"";
const DENIED_BY_S3: &str = "writing needs s3:ListBucket and s3:PutObject, reading needs \
    s3:ListBucket and s3:GetObject";
const NO_BUCKET: &str = "create the bucket with `aws s3 mb`, or check its name and the endpoint";
const OTHER_REGION: &str = "set AWS_REGION to the region of the bucket";
const UNTRUSTED: &str = "set SSL_CERT_FILE to a file of trusted certificates";

fn of_io(kind: io::ErrorKind) -> (StoreErrorKind, &'static str) {
    match kind {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            (StoreErrorKind::Full, "make space, or choose another location")
        }
        io::ErrorKind::FileTooLarge => {
            (StoreErrorKind::Full, "raise the limit of file sizes (ulimit -f)")
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            (StoreErrorKind::Denied, "change the permissions, or choose another location")
        }
        io::ErrorKind::InvalidFilename => {
            (StoreErrorKind::BadKey, "most file systems allow 255 bytes for a name between slashes")
        }
        io::ErrorKind::NotADirectory
        | io::ErrorKind::IsADirectory
        | io::ErrorKind::AlreadyExists => {
            (StoreErrorKind::BadKey, "a file and a folder cannot have the same name")
        }
        io::ErrorKind::NotFound => (StoreErrorKind::NotFound, ""),
        io::ErrorKind::TimedOut => (StoreErrorKind::TimedOut, ""),
        _ => (StoreErrorKind::Other, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_wrong_name_are_different_kinds() {
        let kind = |code| ErrorCause::of(&io::Error::from_raw_os_error(code)).kind;
        assert_eq!(kind(28), StoreErrorKind::Full, "ENOSPC");
        assert_eq!(kind(36), StoreErrorKind::BadKey, "ENAMETOOLONG");
        assert_eq!(kind(13), StoreErrorKind::Denied, "EACCES");
    }
}
