use std::fmt::Write;

use firehose_runtime::{
    Event,
    contract::{self, Violation},
};
use serde_json::Value;

use crate::{exit_code::ExitCode, table};
use firehose_delivery::function::Causes;

/// A response, held against its event.
#[derive(Debug)]
pub(super) struct Verdict {
    /// Null if it is no JSON.
    response: Value,
    pub(super) violations: Vec<Violation>,
    /// How many of the event's records have no id.
    without_id: usize,
}

impl Verdict {
    pub(super) fn new(event: &Event<'_>, response: &[u8]) -> Self {
        Self {
            response: serde_json::from_slice(response).unwrap_or_default(),
            violations: contract::check(event, response),
            without_id: event.records_without_id,
        }
    }

    pub(super) fn code(&self) -> ExitCode {
        if self.violations.is_empty() { ExitCode::Ok } else { ExitCode::ContractViolated }
    }

    /// What there is of answers, right or wrong.
    pub(super) fn answers(&self) -> &[Value] {
        table::answers(&self.response)
    }

    /// Whether any record is `ProcessingFailed`.
    pub(super) fn has_failures(&self) -> bool {
        table::count(self.answers(), "ProcessingFailed") > 0
    }

    /// For people: the table, then the contract; at most `limit` lines of each.
    pub(super) fn text(&self, causes: &Causes, limit: usize) -> String {
        let answers = self.answers();
        let mut text = table::table(answers, causes, limit);
        if !text.is_empty() {
            text.push('\n');
        }
        if self.without_id > 0 {
            let _ = writeln!(
                text,
                "{} of the event's records have no recordId: nothing can answer them.",
                self.without_id
            );
        }
        if self.violations.is_empty() {
            let summary = table::summary(answers);
            let _ = writeln!(text, "{summary}. The response keeps Firehose's contract.");
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

/// How many lines of a kind are shown.
pub(super) fn limit(all: bool) -> usize {
    if all { usize::MAX } else { 50 }
}
