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
    use super::*;

    #[test]
    fn a_long_error_is_cut() {
        let text = Cause::error(&"é".repeat(5000).into()).text;
        assert!(text.len() < 1100 && text.ends_with("é… (10000 bytes)"), "{text}");
    }
}
