use std::{borrow::Cow, collections::BTreeMap};

use firehose_delivery::function::Causes;
use firehose_runtime::contract::Violation;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::{
    answer_counts::AnswerCounts, failed_items::FailedItems, kinesis_batch::BatchVerdict,
    verdict::Verdict,
};
use crate::{exit_code::ExitCode, terminal::print_report};

/// The JSON output of `check` and `invoke`, and of each command that ends without a report. Fields
/// that do not apply are left out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JsonVerdict<'a> {
    exit_code: u8,
    /// The reason why there is no verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contract_kept: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answers: Option<AnswerCounts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    violations: Option<Vec<JsonViolation<'a>>>,
    /// The outputs without a partition key of the prefix; absent if all have them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing_partition_keys: Vec<JsonViolation<'a>>,
    /// The unchanged response. A response that is not JSON is a string.
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<Cow<'a, RawValue>>,
    /// The causes of failed records by record id, as far as the function logged them.
    #[serde(skip_serializing_if = "Option::is_none")]
    causes: Option<BTreeMap<String, &'a str>>,
    /// With a pipeline: the failed items of records that did not fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    failed_items: Option<&'a FailedItems>,
    #[serde(skip)]
    code: ExitCode,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonViolation<'a> {
    message: String,
    effect: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    record_id: Option<&'a str>,
}

/// Prints the JSON output of a process that ends before its command begins. Returns the exit code.
pub(crate) fn print_json_error(code: ExitCode, reason: &str) -> ExitCode {
    JsonVerdict::error(code, &reason).print()
}

impl<'a> JsonVerdict<'a> {
    pub(super) fn new(verdict: &'a Verdict<'_>) -> Self {
        let shown = |violation: &'a Violation| JsonViolation {
            message: violation.to_string(),
            effect: violation.effect(),
            record_id: violation.record_id(),
        };
        Self {
            contract_kept: Some(verdict.violations.is_empty()),
            answers: Some(verdict.counts),
            violations: Some(verdict.violations.iter().map(shown).collect()),
            missing_partition_keys: verdict.missing_partition_keys.iter().map(shown).collect(),
            ..Self::empty(verdict.code())
        }
    }

    /// Returns the output for a response to an event of a Kinesis event source mapping.
    pub(super) fn of_batch(verdict: &BatchVerdict, code: ExitCode) -> Self {
        let faults = verdict.faults.iter().map(|fault| JsonViolation {
            message: fault.message.clone(),
            effect: fault.effect,
            record_id: None,
        });
        Self {
            contract_kept: Some(verdict.faults.is_empty()),
            violations: Some(faults.collect()),
            ..Self::empty(code)
        }
    }

    /// Returns the output of a command that has no verdict.
    pub(super) fn error(code: ExitCode, error: &impl ToString) -> Self {
        Self { error: Some(error.to_string()), ..Self::empty(code) }
    }

    fn empty(code: ExitCode) -> Self {
        Self {
            exit_code: code as u8,
            error: None,
            contract_kept: None,
            answers: None,
            violations: None,
            missing_partition_keys: Vec::new(),
            response: None,
            causes: None,
            failed_items: None,
            code,
        }
    }

    pub(super) fn with_response(mut self, response: &'a [u8]) -> Self {
        self.response = match serde_json::from_slice(response) {
            Ok(json) => Some(Cow::Borrowed(json)),
            // A string can always be written as JSON.
            Err(_) => to_raw_value(&String::from_utf8_lossy(response)).ok().map(Cow::Owned),
        };
        self
    }

    pub(super) fn with_causes(mut self, verdict: &'a Verdict<'_>, causes: &'a Causes) -> Self {
        let causes = verdict.failed_ids().filter_map(|id| causes.of(&id).map(|it| (id, it)));
        self.causes = Some(causes.collect());
        self
    }

    pub(super) fn with_failed_items(mut self, items: &'a FailedItems) -> Self {
        self.failed_items = Some(items).filter(|items| !items.is_empty());
        self
    }

    /// Prints the output, and returns the exit code of the command.
    pub(super) fn print(&self) -> ExitCode {
        // No field can fail to serialize.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        print_report(text.as_bytes(), self.code)
    }
}
