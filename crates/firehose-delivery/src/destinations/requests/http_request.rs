use std::fmt;

use bytes::Bytes;
use reqwest::Url;

/// A POST request to the endpoint of a destination. `Debug` shows the names of the headers only,
/// because the values of some headers are credentials.
#[derive(Clone)]
pub(super) struct HttpRequest {
    /// The URL.
    pub(super) url: Url,
    /// The headers.
    pub(super) headers: Vec<(&'static str, String)>,
    /// The body.
    pub(super) body: Bytes,
}

/// The response of an endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct HttpReply {
    /// The status.
    pub(super) status: u16,
    /// The value of `Content-Type`.
    pub(super) content_type: Option<String>,
    /// `true` if the response has the header `Content-Encoding`.
    pub(super) is_encoded: bool,
    /// `true` if the response has the header `Content-Length`.
    pub(super) has_length: bool,
    /// The body.
    pub(super) body: Bytes,
}

impl HttpReply {
    /// The largest part of a response that a message shows, in bytes. AWS allows error messages of
    /// 8,192 characters:
    /// <https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html>.
    pub(super) const MAX_SHOWN: usize = 8192;

    /// Returns the status and the start of the body, for messages.
    pub(super) fn shown(&self) -> String {
        let start = &self.body[..self.body.len().min(Self::MAX_SHOWN)];
        let text = String::from_utf8_lossy(start);
        match text.trim() {
            "" => self.status.to_string(),
            text => format!("{}: {text}", self.status),
        }
    }
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("HttpRequest")
            .field("headers", &headers)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_hides_its_values_and_a_reply_is_cut() {
        let request = HttpRequest {
            url: Url::parse("http://user:word@localhost/path").unwrap(),
            headers: vec![("Authorization", "Splunk s3cret".to_owned())],
            body: Bytes::from_static(b"data"),
        };
        let shown = format!("{request:?}");
        assert_eq!(shown, "HttpRequest { headers: [\"Authorization\"], bytes: 4, .. }");
        let body = Bytes::from("é".repeat(5000));
        let reply = HttpReply { status: 500, body, ..HttpReply::default() };
        assert_eq!(reply.shown().chars().count(), "500: ".len() + 4096);
        assert_eq!(HttpReply { status: 204, ..HttpReply::default() }.shown(), "204");
    }
}
