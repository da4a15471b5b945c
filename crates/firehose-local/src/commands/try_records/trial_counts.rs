use serde::Serialize;

use super::tried_record::{TriedOutcome, TriedRecord};
use crate::exit_code::ExitCode;

/// The number of records by outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TrialCounts {
    pub(super) dropped: u64,
    /// The reason why the input could not be read any further.
    pub(super) error: Option<String>,
    pub(super) failed: u64,
    /// Items that failed in records that did not fail.
    pub(super) failed_items: u64,
    /// Records without an answer, such as after a timeout. They also count as failed.
    pub(super) function_errors: u64,
    pub(super) ok: u64,
    /// Records that the stream refused, and aggregates of which it refused a part.
    pub(super) refused: u64,
}

impl TrialCounts {
    pub(super) fn count(&mut self, record: &TriedRecord) {
        match &record.outcome {
            TriedOutcome::Ok { .. } => self.ok += 1,
            TriedOutcome::Dropped => self.dropped += 1,
            TriedOutcome::Failed { .. } => self.failed += 1,
            TriedOutcome::FunctionFailed { .. } => {
                self.failed += 1;
                self.function_errors += 1;
            }
            TriedOutcome::Refused { .. } => self.refused += 1,
        }
        self.failed_items += record.items_failed;
    }

    pub(super) fn records(&self) -> u64 {
        self.ok + self.dropped + self.failed
    }

    pub(super) fn code(&self) -> ExitCode {
        if self.error.is_some() || self.refused > 0 {
            ExitCode::BadUsage
        } else if self.function_errors > 0 {
            ExitCode::FunctionError
        } else if self.failed > 0 {
            ExitCode::FailuresFound
        } else {
            ExitCode::Ok
        }
    }
}
