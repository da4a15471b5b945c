use std::{error, fmt, io, time::Duration};

use object_store::client::{HttpError, HttpErrorKind};

/// Why an object could not be stored or read: what was done where, why it failed, and what
/// helps. One line, without credentials and without what a server sent beside its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    kind: StoreErrorKind,
    message: String,
}

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// No store is meant by that.
    BadLocation,
    /// This store cannot have an object of this key. Others it can.
    BadKey,
    /// No space is left, or the user may take no more of it.
    Full,
    /// The user or the credentials may not, or there are none.
    Denied,
    /// There is no such folder, bucket, file or object.
    NotFound,
    /// Nothing answers at the endpoint.
    Unreachable,
    /// It took longer than allowed.
    TimedOut,
    /// The object is damaged, or has a line that is too long.
    BadContent,
    /// Anything else.
    Other,
}

impl StoreError {
    pub(super) fn new(kind: StoreErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// What `action`, "cannot write x", failed of.
    pub(super) fn of(action: &str, error: &(dyn error::Error + 'static)) -> Self {
        let Cause { kind, text, hint } = Cause::of(error);
        let hint = if hint.is_empty() { String::new() } else { format!("; {hint}") };
        Self::new(kind, format!("{action}: {text}{hint}"))
    }

    /// The same of a location instead of a key.
    pub(super) fn in_location(self) -> Self {
        match self.kind {
            StoreErrorKind::BadKey => Self { kind: StoreErrorKind::BadLocation, ..self },
            _ => self,
        }
    }

    pub(super) fn timed_out(action: &str, after: Duration) -> Self {
        let seconds = after.as_secs_f64();
        let message = format!("{action} within {seconds} s; --store-timeout allows more");
        Self::new(StoreErrorKind::TimedOut, message)
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl error::Error for StoreError {}

struct Cause {
    kind: StoreErrorKind,
    text: String,
    hint: &'static str,
}

impl Cause {
    /// The innermost error says it best; those around it repeat it, and URLs with it.
    fn of(error: &(dyn error::Error + 'static)) -> Self {
        let mut innermost = error;
        let mut is_connect = false;
        let mut is_timeout = false;
        let mut asks_for_credentials = false;
        loop {
            if let Some(error) = innermost.downcast_ref::<HttpError>() {
                is_connect |= error.kind() == HttpErrorKind::Connect;
                is_timeout |= error.kind() == HttpErrorKind::Timeout;
            }
            let text = innermost.to_string();
            asks_for_credentials |= METADATA.iter().any(|part| text.contains(part));
            match innermost.source() {
                Some(source) => innermost = source,
                None => break,
            }
        }
        let text = innermost.to_string();
        if asks_for_credentials {
            let text = "there are no credentials in the environment".to_owned();
            return Self { kind: StoreErrorKind::Denied, text, hint: NO_CREDENTIALS };
        }
        if let Some(answer) = text.split_once("Server returned ").map(|(_, answer)| answer) {
            return Self::of_answer(answer);
        }
        if text.starts_with("Received redirect without LOCATION") {
            let text = "the server redirects to another region".to_owned();
            return Self { kind: StoreErrorKind::Other, text, hint: OTHER_REGION };
        }
        let (kind, hint) = match innermost.downcast_ref::<io::Error>() {
            _ if is_timeout => (StoreErrorKind::TimedOut, UNREACHABLE),
            _ if is_connect && text.contains("certificate") => {
                (StoreErrorKind::Unreachable, NOT_TRUSTED)
            }
            _ if is_connect => (StoreErrorKind::Unreachable, UNREACHABLE),
            Some(error) => of_io(error.kind()),
            None => (StoreErrorKind::Other, ""),
        };
        Self { kind, text, hint }
    }

    /// What a server said: `non-2xx status code: 404 Not Found: <Error>...`. Only code and
    /// message are shown: a body may repeat the token or the request that was signed.
    fn of_answer(answer: &str) -> Self {
        let element = |name: &str| {
            let (_, rest) = answer.split_once(&format!("<{name}>"))?;
            Some(rest.split_once("</")?.0)
        };
        let code = element("Code").unwrap_or_default();
        let after_label = answer.split_once("status code: ").map_or("", |(_, rest)| rest);
        let status = after_label.split(':').next().unwrap_or_default();
        let mut text = format!("HTTP {}", if status.is_empty() { "200 OK" } else { status });
        for part in [code, element("Message").unwrap_or_default()] {
            if !part.is_empty() {
                text = format!("{text}: {}", one_line(part));
            }
        }
        let (kind, hint) = match (code, status.split(' ').next().unwrap_or_default()) {
            ("NoSuchBucket", _) => (StoreErrorKind::NotFound, NO_BUCKET),
            ("InvalidAccessKeyId" | "SignatureDoesNotMatch" | "AuthFailure", _) => {
                (StoreErrorKind::Denied, WRONG_CREDENTIALS)
            }
            ("ExpiredToken" | "InvalidToken" | "TokenRefreshRequired", _) => {
                (StoreErrorKind::Denied, EXPIRED_CREDENTIALS)
            }
            ("KeyTooLongError", _) => (StoreErrorKind::BadKey, ""),
            ("AuthorizationHeaderMalformed" | "PermanentRedirect", _) => {
                (StoreErrorKind::Other, OTHER_REGION)
            }
            (_, "401" | "403") => (StoreErrorKind::Denied, DENIED_BY_S3),
            (_, "404") => (StoreErrorKind::NotFound, ""),
            (_, "500" | "502" | "503" | "504") => (StoreErrorKind::Unreachable, ""),
            _ => (StoreErrorKind::Other, ""),
        };
        Self { kind, text, hint }
    }
}

/// What the URLs are known by that credentials are asked for at, if the environment has none:
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html>,
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>.
const METADATA: [&str; 3] =
    ["http://169.254.170.", "/latest/api/token", "/latest/meta-data/iam/security-credentials"];

const NO_CREDENTIALS: &str = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; profiles and SSO \
    are not read, `eval \"$(aws configure export-credentials --format env)\"` sets them from one";
const WRONG_CREDENTIALS: &str = "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and \
    AWS_SESSION_TOKEN";
const EXPIRED_CREDENTIALS: &str = "get new ones: \
    eval \"$(aws configure export-credentials --format env)\"";
const DENIED_BY_S3: &str = "s3:ListBucket and s3:PutObject are needed to write, s3:ListBucket \
    and s3:GetObject to read";
const NO_BUCKET: &str = "create it with `aws s3 mb`, or check its name and the endpoint";
const OTHER_REGION: &str = "AWS_REGION has to be the region of the bucket";
const NOT_TRUSTED: &str = "SSL_CERT_FILE names a file of certificates to trust";
const UNREACHABLE: &str = "check --endpoint-url, AWS_ENDPOINT_URL, AWS_REGION and the network";

fn of_io(kind: io::ErrorKind) -> (StoreErrorKind, &'static str) {
    match kind {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            (StoreErrorKind::Full, "make space there, or name another place")
        }
        io::ErrorKind::FileTooLarge => {
            (StoreErrorKind::Full, "files of that size are not allowed there (ulimit -f)")
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            (StoreErrorKind::Denied, "name a place that you may use, or change its permissions")
        }
        io::ErrorKind::InvalidFilename => {
            (StoreErrorKind::BadKey, "most file systems take 255 bytes for a name between slashes")
        }
        io::ErrorKind::NotADirectory
        | io::ErrorKind::IsADirectory
        | io::ErrorKind::AlreadyExists => {
            (StoreErrorKind::BadKey, "in a folder, a file and a folder cannot have one name")
        }
        io::ErrorKind::NotFound => (StoreErrorKind::NotFound, ""),
        io::ErrorKind::TimedOut => (StoreErrorKind::TimedOut, ""),
        _ => (StoreErrorKind::Other, ""),
    }
}

/// The start of a text of someone else's, fit for one line.
fn one_line(text: &str) -> String {
    const MAX: usize = 300;
    text.chars().take(MAX).map(|it| if it.is_control() { ' ' } else { it }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(answer: &str) -> String {
        let error = io::Error::other(format!("Server returned non-2xx status code: {answer}"));
        // `io::Error::other` has its text as a source.
        let error = StoreError::of("cannot write k", &error);
        format!("{:?}: {error}", error.kind())
    }

    #[test]
    fn answers_of_s3_are_shown_without_what_they_repeat() {
        let body = "<?xml version=\"1.0\"?><Error><Code>ExpiredToken</Code><Message>The provided \
            token has expired.</Message><Token-0>SECRET</Token-0></Error>";
        insta::assert_snapshot!(cause(&format!("400 Bad Request: {body}")), @r#"Denied: cannot write k: HTTP 400 Bad Request: ExpiredToken: The provided token has expired.; get new ones: eval "$(aws configure export-credentials --format env)""#);
        insta::assert_snapshot!(cause("403 Forbidden: "), @"Denied: cannot write k: HTTP 403 Forbidden; s3:ListBucket and s3:PutObject are needed to write, s3:ListBucket and s3:GetObject to read");
        insta::assert_snapshot!(cause("502 Bad Gateway: <html>SECRET</html>"), @"Unreachable: cannot write k: HTTP 502 Bad Gateway");
        insta::assert_snapshot!(cause("404 Not Found: <Error><Code>NoSuchBucket</Code><Message>no\n such</Message></Error>"), @"NotFound: cannot write k: HTTP 404 Not Found: NoSuchBucket: no  such; create it with `aws s3 mb`, or check its name and the endpoint");
    }

    #[test]
    fn a_full_disk_is_told_from_a_wrong_name() {
        let kind = |code| StoreError::of("", &io::Error::from_raw_os_error(code)).kind();
        assert_eq!(kind(28), StoreErrorKind::Full, "ENOSPC");
        assert_eq!(kind(36), StoreErrorKind::BadKey, "ENAMETOOLONG");
        assert_eq!(kind(13), StoreErrorKind::Denied, "EACCES");
    }
}
