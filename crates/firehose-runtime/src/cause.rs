use firehose_core::{BoxError, error_chain};

use crate::failure::{Failure, FailureKind};

/// The kind and the text of a failure, without its record.
#[derive(Debug)]
pub(crate) struct Cause {
    pub(crate) kind: FailureKind,
    pub(crate) text: String,
}

impl Cause {
    pub(crate) fn new(kind: FailureKind, text: &str) -> Self {
        Self { kind, text: shortened(text, Failure::MAX_CAUSE_BYTES) }
    }

    /// Joins the texts of an error and its sources by `: `.
    pub(crate) fn error(error: &BoxError) -> Self {
        let text = error_chain(&**error);
        Self::new(FailureKind::Error, &text)
    }
}

/// Returns at most the first `limit` bytes, cut between characters and marked as cut.
pub(crate) fn shortened(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    format!("{}… ({} bytes)", &text[..text.floor_char_boundary(limit)], text.len())
}

#[cfg(test)]
mod tests {
    use std::{error::Error, fmt};

    use super::*;

    #[derive(Debug)]
    struct Layer(&'static str, Option<Box<Self>>);

    impl fmt::Display for Layer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Layer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_deref().map(|inner| inner as _)
        }
    }

    #[derive(Debug)]
    struct Endless;

    impl fmt::Display for Endless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("again")
        }
    }

    impl Error for Endless {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&Self)
        }
    }

    #[test]
    fn a_cause_shows_the_whole_chain() {
        let chain = Layer("look-up failed", Some(Box::new(Layer("connection refused", None))));
        assert_eq!(Cause::error(&chain.into()).text, "look-up failed: connection refused");
    }

    #[test]
    fn a_cause_has_an_end() {
        assert!(Cause::error(&Endless.into()).text.len() < 1100);
        let long = Cause::error(&"é".repeat(5000).into()).text;
        assert!(long.ends_with("é… (10000 bytes)"), "{long}");
    }
}
