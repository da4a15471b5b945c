use std::fmt;

/// An answer of S3 to a request that failed.
///
/// `object_store` gives the answer as the text of an error, since its type is private:
/// `Server returned non-2xx status code: 404 Not Found: <Error>...`, or
/// `Server returned error response: <Error>...` for an error after the status 200.
pub(super) struct S3Answer<'a> {
    /// The status line; empty for an error after the status 200.
    status: &'a str,
    /// The code of S3, such as `NoSuchBucket`; empty if the body has none.
    pub(super) code: &'a str,
    message: &'a str,
}

impl<'a> S3Answer<'a> {
    /// Parses the text of an error. Returns `None` if the text has no answer.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (_, answer) = text.split_once("Server returned ")?;
        let element = |name: &str| {
            let (_, rest) = answer.split_once(&format!("<{name}>"))?;
            Some(rest.split_once("</")?.0)
        };
        let after_label = answer.split_once("status code: ").map_or("", |(_, rest)| rest);
        Some(Self {
            status: after_label.split(':').next().unwrap_or_default(),
            code: element("Code").unwrap_or_default(),
            message: element("Message").unwrap_or_default(),
        })
    }

    /// Returns the number of the status, such as 404.
    pub(super) fn status_code(&self) -> Option<u16> {
        self.status.split(' ').next()?.parse().ok()
    }
}

impl fmt::Display for S3Answer<'_> {
    /// Writes the status, the code and the message in one line. The rest of a body may repeat a
    /// token or the signed request, and is left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MAX_CHARACTERS: usize = 300;
        write!(f, "HTTP {}", if self.status.is_empty() { "200 OK" } else { self.status })?;
        for part in [self.code, self.message].into_iter().filter(|part| !part.is_empty()) {
            let characters = part.chars().take(MAX_CHARACTERS);
            let part: String =
                characters.map(|it| if it.is_control() { ' ' } else { it }).collect();
            write!(f, ": {part}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use crate::store::StoreError;

    fn error(answer: &str) -> String {
        let error = io::Error::other(format!("Server returned non-2xx status code: {answer}"));
        // `StoreError::of` reads the text of the innermost error.
        let error = StoreError::of("cannot write k", &error);
        format!("{:?}: {error}", error.kind())
    }

    #[test]
    fn an_error_shows_an_answer_without_its_secrets() {
        let body = "<?xml version=\"1.0\"?><Error><Code>ExpiredToken</Code><Message>The provided \
            token has expired.</Message><Token-0>SECRET</Token-0></Error>";
        insta::assert_snapshot!(error(&format!("400 Bad Request: {body}")), @r#"Denied: cannot write k: HTTP 400 Bad Request: ExpiredToken: The provided token has expired.; get new credentials: eval "$(aws configure export-credentials --format env)""#);
        insta::assert_snapshot!(error("403 Forbidden: "), @"Denied: cannot write k: HTTP 403 Forbidden; writing needs s3:ListBucket and s3:PutObject, reading needs s3:ListBucket and s3:GetObject");
        insta::assert_snapshot!(error("502 Bad Gateway: <html>SECRET</html>"), @"Unavailable: cannot write k: HTTP 502 Bad Gateway");
        insta::assert_snapshot!(error("404 Not Found: <Error><Code>NoSuchBucket</Code><Message>no\n such</Message></Error>"), @"NotFound: cannot write k: HTTP 404 Not Found: NoSuchBucket: no  such; create the bucket with `aws s3 mb`, or check its name and the endpoint");
    }
}
