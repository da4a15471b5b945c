use std::fmt::Write;

use firehose_runtime::{Event, contract};

use crate::{ExitCode, causes::Causes, table};

/// What is to be said of a response: the table, then the contract.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) text: String,
    pub(super) code: ExitCode,
}

impl Verdict {
    /// Holds `response` against `event`; the table has at most `limit` lines.
    pub(super) fn new(event: &Event<'_>, response: &[u8], causes: &Causes, limit: usize) -> Self {
        let mut text = String::new();
        if !event.records.is_empty() {
            text = table::answers(response, causes, limit);
            text.push('\n');
        }
        let violations = contract::check(event, response);
        if violations.is_empty() {
            let summary = table::summary(response);
            let _ = writeln!(text, "{summary}. The response keeps Firehose's contract.");
            return Self { text, code: ExitCode::Ok };
        }
        text.push_str("The response breaks Firehose's contract:\n");
        for violation in violations.iter().take(limit) {
            let _ = writeln!(text, "  {violation}\n    {}", violation.effect());
        }
        if let Some(more) = violations.len().checked_sub(limit).filter(|more| *more > 0) {
            let _ = writeln!(text, "  ... and {more} more; --all shows them");
        }
        Self { text, code: ExitCode::ContractViolated }
    }
}

/// How many lines of a kind are shown.
pub(super) fn limit(all: bool) -> usize {
    if all { usize::MAX } else { 50 }
}
