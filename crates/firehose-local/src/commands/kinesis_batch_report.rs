use std::fmt::Write;

use super::{
    json_verdict::JsonVerdict,
    kinesis_batch::{BatchVerdict, KinesisBatch},
};
use crate::{
    exit_code::ExitCode,
    terminal::{counted, escaped},
};

/// The judgement of a response to an event of a Kinesis event source mapping.
#[derive(Debug)]
pub(super) struct KinesisBatchReport(BatchVerdict);

impl KinesisBatchReport {
    /// Judges a response. Returns `None` for an event of another source.
    pub(super) fn new(event: &[u8], response: &[u8]) -> Option<Self> {
        Some(Self(KinesisBatch::parse(event)?.check(response)))
    }

    pub(super) fn code(&self) -> ExitCode {
        if self.0.faults.is_empty() { ExitCode::Ok } else { ExitCode::ContractViolated }
    }

    pub(super) fn json(&self) -> JsonVerdict<'static> {
        JsonVerdict::of_batch(&self.0, self.code())
    }

    /// Renders the verdict, with at most `limit` faults.
    pub(super) fn text(&self, limit: usize) -> String {
        let BatchVerdict { records, failed, has_window, faults } = &self.0;
        let report = match has_window {
            true => "report of a window: its state and its batchItemFailures",
            false => "report of batchItemFailures",
        };
        let records = counted(*records as u64, "record");
        // Writing to memory does not fail.
        let mut text = String::new();
        if faults.is_empty() {
            let _ = writeln!(
                text,
                "{records}, {failed} reported as failed. The response is a valid {report}."
            );
            return text;
        }
        let _ = writeln!(text, "{records}. The response is not a valid {report}:");
        for fault in faults.iter().take(limit) {
            let _ = writeln!(text, "  {}\n    {}", escaped(&fault.message, 400), fault.effect);
        }
        if let Some(more) = faults.len().checked_sub(limit).filter(|more| *more > 0) {
            let _ = writeln!(text, "  ... and {more} more; --all shows them");
        }
        text
    }
}
