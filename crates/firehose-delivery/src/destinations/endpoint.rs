use std::{fmt, time::Duration};

use reqwest::Url;

/// The endpoint that receives the requests of a delivery stream.
///
/// ```
/// use firehose_delivery::run::Endpoint;
///
/// assert!(Endpoint::parse("http://localhost:8088").is_ok());
/// let error = Endpoint::parse("localhost:8088").unwrap_err();
/// assert_eq!(error, "the URL must begin with http:// or https:// and have a host");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub(super) url: Url,
    pub(super) retry_duration: Option<Duration>,
}

impl Endpoint {
    /// Parses the URL of an endpoint. A user name and a password in the URL become the header
    /// `Authorization`.
    ///
    /// # Errors
    ///
    /// If the text is not a URL that begins with `http://` or `https://` and has a host. The message
    /// does not quote the text, which can hold a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {
                Ok(Self { url, retry_duration: None })
            }
            _ => Err("the URL must begin with http:// or https:// and have a host".to_owned()),
        }
    }

    /// Sets the time for retries of a request. Default: the time of the delivery stream.
    #[must_use]
    pub fn with_retry_duration(self, retry_duration: Duration) -> Self {
        Self { retry_duration: Some(retry_duration), ..self }
    }
}

impl fmt::Display for Endpoint {
    /// Writes the scheme, the host and the port. The rest of a URL can hold credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url.origin().ascii_serialization())
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_shows_no_credentials() {
        let endpoint = Endpoint::parse("https://user:word@hec.example:8088/p?key=secret").unwrap();
        assert_eq!(endpoint.to_string(), "https://hec.example:8088");
        assert_eq!(format!("{endpoint:?}"), "Endpoint(https://hec.example:8088)");
        for wrong in ["", "x", "ftp://host", "http://", "file:///x", "http//x"] {
            assert!(Endpoint::parse(wrong).is_err(), "{wrong}");
        }
    }
}
