use std::{borrow::Cow, collections::BTreeMap};

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::{print, verdict::Verdict};
use crate::{exit_code::ExitCode, table};
use firehose_delivery::function::Causes;

/// What `--json` prints of a response, or of why there is none. Fields that make no sense there
/// are left out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JsonVerdict<'a> {
    exit_code: u8,
    /// Why there is no verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contract_kept: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answers: Option<Counts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    violations: Option<Vec<JsonViolation<'a>>>,
    /// As it came, or as text if it is no JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<Cow<'a, RawValue>>,
    /// Of failed records, by id, as far as the log has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    causes: Option<BTreeMap<&'a str, &'a str>>,
    #[serde(skip)]
    code: ExitCode,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    ok: usize,
    dropped: usize,
    processing_failed: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonViolation<'a> {
    message: String,
    effect: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    record_id: Option<&'a str>,
}

impl<'a> JsonVerdict<'a> {
    pub(super) fn new(verdict: &'a Verdict) -> Self {
        let answers = verdict.answers();
        let [ok, dropped, processing_failed] =
            ["Ok", "Dropped", "ProcessingFailed"].map(|result| table::count(answers, result));
        let violations = verdict.violations.iter().map(|violation| JsonViolation {
            message: violation.to_string(),
            effect: violation.effect(),
            record_id: violation.record_id(),
        });
        Self {
            contract_kept: Some(verdict.violations.is_empty()),
            answers: Some(Counts { ok, dropped, processing_failed }),
            violations: Some(violations.collect()),
            ..Self::empty(verdict.code())
        }
    }

    /// There is no verdict.
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
            response: None,
            causes: None,
            code,
        }
    }

    pub(super) fn with_response(mut self, response: &'a [u8]) -> Self {
        self.response = match serde_json::from_slice(response) {
            Ok(json) => Some(Cow::Borrowed(json)),
            // Text is always JSON.
            Err(_) => to_raw_value(&String::from_utf8_lossy(response)).ok().map(Cow::Owned),
        };
        self
    }

    pub(super) fn with_causes(mut self, verdict: &'a Verdict, causes: &'a Causes) -> Self {
        let failed = verdict.answers().iter().filter(|it| it["result"] == "ProcessingFailed");
        let ids = failed.filter_map(|answer| answer["recordId"].as_str());
        self.causes = Some(ids.filter_map(|id| Some((id, causes.of(id)?))).collect());
        self
    }

    /// Prints it, and says how the command ends.
    pub(super) fn print(&self) -> ExitCode {
        // There is nothing in it that could not be written as JSON.
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        print(&[text.as_bytes(), b"\n"]).map_or_else(|code| code, |()| self.code)
    }
}
