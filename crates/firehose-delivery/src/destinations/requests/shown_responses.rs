use std::{borrow::Cow, fmt, sync::Arc};

use reqwest::Url;

use super::request_protocol::{Attempt, AttemptFailure};
use crate::{
    delivery_stream::{DeliveryStream, DestinationConfig, Secret},
    destinations::endpoint::Endpoint,
};

/// The form of an endpoint's responses in messages and error lines: without the credentials of the
/// requests, which a server may repeat, and of bounded length.
#[derive(Clone)]
pub(super) struct ShownResponses {
    /// The credentials, the longest first, also as JSON escapes them.
    secrets: Vec<String>,
}

/// The text in place of a credential.
const HIDDEN: &str = "[hidden]";

impl ShownResponses {
    /// The longest response in an error line, in bytes of JSON. A control character takes six
    /// bytes. The responses of protocols are cut at 8 KiB, and have a reason before them.
    const MAX_BYTES: usize = 10 * 1024;

    /// Returns the form for the requests of a delivery stream to an endpoint.
    pub(super) fn of(stream: &DeliveryStream, endpoint: &Endpoint) -> Self {
        let secret = match &stream.destination {
            DestinationConfig::HttpEndpoint(config) => config.access_key.as_ref(),
            DestinationConfig::Splunk(config) => config.hec_token.as_ref(),
            _ => None,
        };
        Self::new(&endpoint.url, secret)
    }

    fn new(url: &Url, secret: Option<&Secret>) -> Self {
        let password = url.password().unwrap_or_default();
        let (mut header, mut decoded) = (Vec::new(), String::new());
        if !password.is_empty() {
            let pair = format!("{}:{password}", url.username());
            firehose_runtime::base64_codec::push_base64(pair.as_bytes(), &mut header);
            decoded = String::from_utf8(header).unwrap_or_default();
        }
        let query = url.query_pairs().map(|(_, value)| value.into_owned());
        let raw_query = url.query().into_iter().flat_map(|query| query.split('&'));
        let raw_query = raw_query.filter_map(|pair| pair.split_once('='));
        let plain = [secret.map_or("", Secret::expose), password, &decoded];
        let plain = plain.into_iter().chain(raw_query.map(|(_, value)| value)).map(str::to_owned);
        let mut secrets = Vec::new();
        for text in plain.chain(query).filter(|text| !text.is_empty()) {
            let json = serde_json::to_string(&text).unwrap_or_default();
            let json = json.get(1..json.len().saturating_sub(1)).unwrap_or_default();
            if !json.is_empty() && json != text {
                secrets.push(json.to_owned());
            }
            secrets.push(text);
        }
        secrets.sort_by_key(|text| std::cmp::Reverse(text.len()));
        secrets.dedup();
        Self { secrets }
    }

    /// Returns an attempt whose responses have this form.
    pub(super) fn apply(&self, attempt: Attempt) -> Attempt {
        let shown = |failure: AttemptFailure| AttemptFailure {
            response: match self.shown(&failure.response) {
                Cow::Borrowed(text) if text.len() == failure.response.len() => failure.response,
                text => Arc::from(text),
            },
            ..failure
        };
        match attempt {
            Attempt::Whole(result) => Attempt::Whole(result.map_err(shown)),
            Attempt::Each(results) => {
                Attempt::Each(results.into_iter().map(|result| result.map_err(shown)).collect())
            }
        }
    }

    fn shown<'a>(&self, response: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(response);
        for secret in &self.secrets {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), HIDDEN).into();
            }
        }
        if let Some(end) = self.secrets.iter().find_map(|secret| partial_end(&text, secret)) {
            text = format!("{}{HIDDEN}", &text[..end]).into();
        }
        let end = escaped_end(&text, Self::MAX_BYTES);
        match text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[..end]),
            Cow::Owned(mut text) => {
                text.truncate(end);
                Cow::Owned(text)
            }
        }
    }
}

/// Returns the offset of a secret's start at the end of a text, which was cut within the secret. A
/// start of fewer than four bytes is of no use.
fn partial_end(text: &str, secret: &str) -> Option<usize> {
    const SHORTEST: usize = 4;
    (SHORTEST..secret.len())
        .rev()
        .filter_map(|length| secret.get(..length))
        .find(|start| text.ends_with(start))
        .map(|start| text.len() - start.len())
}

/// Returns the end of the longest start of a text that takes at most `max` bytes as a JSON string.
fn escaped_end(text: &str, max: usize) -> usize {
    let mut bytes = 0;
    for (offset, character) in text.char_indices() {
        bytes += match character {
            '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
            '\0'..='\u{1f}' => 6,
            character => character.len_utf8(),
        };
        if bytes > max {
            return offset;
        }
    }
    text.len()
}

impl fmt::Debug for ShownResponses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShownResponses").field("secrets", &self.secrets.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn responses(url: &str, secret: &str) -> ShownResponses {
        let secret = Secret::new(secret);
        ShownResponses::new(&Url::parse(url).unwrap(), Some(&secret))
    }

    #[test]
    fn a_credential_of_the_requests_is_hidden() {
        let shown = responses("https://user:p4ssword@host/?key=t0ken%2F1", "k\"ey");
        for (response, expected) in [
            ("401: bad key k\"ey", "401: bad key [hidden]"),
            (r#"{"key": "k\"ey"}"#, r#"{"key": "[hidden]"}"#),
            ("p4ssword t0ken/1 t0ken%2F1", "[hidden] [hidden] [hidden]"),
            ("Basic dXNlcjpwNHNzd29yZA==", "Basic [hidden]"),
            ("401: p4sswo", "401: [hidden]"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(shown.shown(response), expected);
        }
        assert!(!format!("{shown:?}").contains("p4ss"));
        assert_eq!(responses("http://host", "").shown("a"), "a");
    }

    proptest! {
        #[test]
        fn a_response_is_bounded_after_its_escapes(
            text in "[\\x00-\\x7f\u{e9}\u{20ac}\u{1f600}]{0,50}",
            max in 0..100_usize,
        ) {
            let end = escaped_end(&text, max);
            let json = |text: &str| serde_json::to_string(text).unwrap().len() - 2;
            prop_assert!(json(&text[..end]) <= max);
            if let Some(next) = text[end..].chars().next() {
                prop_assert!(json(&text[..end + next.len_utf8()]) > max);
            }
        }
    }
}
