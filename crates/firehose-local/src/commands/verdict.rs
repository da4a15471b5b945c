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
    /// The outputs without a partition key of the prefix.
    pub(super) missing_partition_keys: Vec<Violation>,
    /// The number of records of the event without an id.
    without_id: usize,
}

impl<'a> Verdict<'a> {
    /// Judges a response. `partition_keys` has the names of the keys in the prefix.
    pub(super) fn new(event: &Event<'_>, partition_keys: &[String], response: &'a [u8]) -> Self {
        let expected = ExpectedAnswer::of_event(event);
        let judgement = judge(expected, partition_keys, response, |_, _| {});
        let Judgement { response, violations, missing_partition_keys, .. } = judgement;
        let counts = response.as_ref().map(AnswerCounts::new).unwrap_or_default();
        let without_id = event.records_without_id;
        Self { response, counts, violations, missing_partition_keys, without_id }
    }

    pub(super) fn code(&self) -> ExitCode {
        if !self.violations.is_empty() {
            ExitCode::ContractViolated
        } else if !self.missing_partition_keys.is_empty() {
            ExitCode::FailuresFound
        } else {
            ExitCode::Ok
        }
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
        } else {
            text.push_str("The response breaks Firehose's contract:\n");
            write_violations(&mut text, &self.violations, limit);
        }
        if !self.missing_partition_keys.is_empty() {
            text.push_str("The prefix needs partition keys that the response does not have:\n");
            write_violations(&mut text, &self.missing_partition_keys, limit);
        }
        text
    }
}

fn write_violations(text: &mut String, violations: &[Violation], limit: usize) {
    for violation in violations.iter().take(limit) {
        let _ = writeln!(text, "  {violation}\n    {}", violation.effect());
    }
    if let Some(more) = violations.len().checked_sub(limit).filter(|more| *more > 0) {
        let _ = writeln!(text, "  ... and {more} more; --all shows them");
    }
}

/// Returns the largest number of answers, and of violations, that a command shows.
pub(super) fn limit(all: bool) -> usize {
    if all { usize::MAX } else { 50 }
}
