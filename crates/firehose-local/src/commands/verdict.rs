use std::fmt::Write;

use firehose_delivery::function::Causes;
use firehose_runtime::{
    Event,
    contract::{ExpectedAnswer, Judgement, Response, Violation, judge},
};

use super::{answer_counts::AnswerCounts, answer_table::answer_table};
use crate::{exit_code::ExitCode, terminal::counted};

/// The judgement of a response to an event.
#[derive(Debug)]
pub(super) struct Verdict<'a> {
    /// `None` if the response cannot be read.
    response: Option<Response<'a>>,
    pub(super) counts: AnswerCounts,
    pub(super) violations: Vec<Violation>,
    /// The number of records of the event without an id.
    without_id: usize,
}

impl<'a> Verdict<'a> {
    pub(super) fn new(event: &Event<'_>, response: &'a [u8]) -> Self {
        let judgement = judge(ExpectedAnswer::of_event(event), response, |_, _| {});
        let Judgement { response, violations, .. } = judgement;
        let counts = response.as_ref().map(AnswerCounts::new).unwrap_or_default();
        Self { response, counts, violations, without_id: event.records_without_id }
    }

    pub(super) fn code(&self) -> ExitCode {
        if self.violations.is_empty() { ExitCode::Ok } else { ExitCode::ContractViolated }
    }

    /// Returns `true` if any record is `ProcessingFailed`.
    pub(super) fn has_failures(&self) -> bool {
        self.counts.processing_failed > 0
    }

    /// Returns the ids of the records that are `ProcessingFailed`.
    pub(super) fn failed_ids(&self) -> impl Iterator<Item = String> {
        let answers = self.response.iter().flat_map(Response::records);
        let failed = answers.filter(|it| it.result().as_deref() == Some("ProcessingFailed"));
        failed.filter_map(|it| it.record_id().map(Into::into))
    }

    /// Renders the table of the answers and then the verdict, with at most `limit` lines of each.
    pub(super) fn text(&self, causes: &Causes, limit: usize) -> String {
        let table = |response| answer_table(response, self.counts.all, causes, limit);
        let mut text = self.response.as_ref().map(table).unwrap_or_default();
        if !text.is_empty() {
            text.push('\n');
        }
        if self.without_id > 0 {
            let _ = writeln!(
                text,
                "The event has {} without a recordId, which no answer can match.",
                counted(self.without_id as u64, "record")
            );
        }
        if self.violations.is_empty() {
            let _ = writeln!(text, "{}. The response keeps Firehose's contract.", self.counts);
            return text;
        }
        text.push_str("The response breaks Firehose's contract:\n");
        for violation in self.violations.iter().take(limit) {
            let _ = writeln!(text, "  {violation}\n    {}", violation.effect());
        }
        if let Some(more) = self.violations.len().checked_sub(limit).filter(|more| *more > 0) {
            let _ = writeln!(text, "  ... and {more} more; --all shows them");
        }
        text
    }
}

/// Returns the number of answers, and of violations, that a command shows at most.
pub(super) fn limit(all: bool) -> usize {
    if all { usize::MAX } else { 50 }
}
