use std::fmt;

use firehose_runtime::contract::Response;
use serde::Serialize;

use crate::terminal::counted;

/// The number of answers in a response, by their result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AnswerCounts {
    /// All answers, including answers with an invalid result.
    #[serde(skip)]
    pub(super) all: usize,
    pub(super) ok: usize,
    pub(super) dropped: usize,
    pub(super) processing_failed: usize,
}

impl AnswerCounts {
    pub(super) fn new(response: &Response<'_>) -> Self {
        let mut counts = Self::default();
        for answer in response.records() {
            counts.all += 1;
            match answer.result().as_deref() {
                Some("Ok") => counts.ok += 1,
                Some("Dropped") => counts.dropped += 1,
                Some("ProcessingFailed") => counts.processing_failed += 1,
                Some(_) | None => {}
            }
        }
        counts
    }
}

impl fmt::Display for AnswerCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { all, ok, dropped, processing_failed } = self;
        let all = counted(*all as u64, "answer");
        write!(f, "{all}: {ok} Ok, {dropped} Dropped, {processing_failed} ProcessingFailed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_each_result_are_counted() {
        let counts = |response: &str| {
            AnswerCounts::new(&Response::parse(response.as_bytes()).unwrap()).to_string()
        };
        let response = r#"{"records": [{"result": "Ok"}, {"result": "Dropped"}, {"result": "Ok"},
            {"result": "ok"}, null, {"result": "ProcessingFailed"}, {"result": 1}]}"#;
        assert_eq!(counts(response), "7 answers: 2 Ok, 1 Dropped, 1 ProcessingFailed");
        let one = r#"{"records": [{"result": "Dropped"}]}"#;
        assert_eq!(counts(one), "1 answer: 0 Ok, 1 Dropped, 0 ProcessingFailed");
    }
}
