use std::fmt::Write;

use firehose_runtime::{Event, contract};

use crate::{ExitCode, causes::Causes, table};

/// What is to be said of a response: the table, then the contract.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) text: String,
    pub(super) code: ExitCode,
    /// Whether any record is `ProcessingFailed`.
    pub(super) has_failures: bool,
}

impl Verdict {
    /// Holds `response` against `event`; the table has at most `limit` lines.
    pub(super) fn new(event: &Event<'_>, response: &[u8], causes: &Causes, limit: usize) -> Self {
        let parsed = serde_json::from_slice(response).unwrap_or_default();
        let answers = table::answers(&parsed);
        let mut text = table::table(answers, causes, limit);
        if !text.is_empty() {
            text.push('\n');
        }
        let without_id = event.records_without_id;
        if without_id > 0 {
            let _ = writeln!(
                text,
                "{without_id} of the event's records have no recordId: nothing can answer them."
            );
        }
        let has_failures = table::count(answers, "ProcessingFailed") > 0;
        let violations = contract::check(event, response);
        if violations.is_empty() {
            let summary = table::summary(answers);
            let _ = writeln!(text, "{summary}. The response keeps Firehose's contract.");
            return Self { text, code: ExitCode::Ok, has_failures };
        }
        text.push_str("The response breaks Firehose's contract:\n");
        for violation in violations.iter().take(limit) {
            let _ = writeln!(text, "  {violation}\n    {}", violation.effect());
        }
        if let Some(more) = violations.len().checked_sub(limit).filter(|more| *more > 0) {
            let _ = writeln!(text, "  ... and {more} more; --all shows them");
        }
        Self { text, code: ExitCode::ContractViolated, has_failures }
    }
}

/// How many lines of a kind are shown.
pub(super) fn limit(all: bool) -> usize {
    if all { usize::MAX } else { 50 }
}
