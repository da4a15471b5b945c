use std::{borrow::Cow, collections::BTreeMap};

use serde::Serialize;
use serde_json::value::RawValue;

use super::{print, verdict::Verdict};
use crate::{ExitCode, causes::Causes, table};

/// What `--json` prints of a response, or of why there is none. Fields that make no sense there
/// are left out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JsonVerdict<'a> {
    exit_code: u8,
    /// Why there is no verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(flatten)]
    found: Option<Found<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<Response<'a>>,
    /// Of failed records, by id, as far as the log has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    causes: Option<BTreeMap<&'a str, &'a str>>,
    #[serde(skip)]
    code: ExitCode,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Found<'a> {
    contract_kept: bool,
    answers: Counts,
    violations: Vec<JsonViolation<'a>>,
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

/// The response as it came, or as text if it is no JSON.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Response<'a> {
    Json(&'a RawValue),
    Text(Cow<'a, str>),
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
        let found = Found {
            contract_kept: verdict.violations.is_empty(),
            answers: Counts { ok, dropped, processing_failed },
            violations: violations.collect(),
        };
        Self { found: Some(found), ..Self::empty(verdict.code()) }
    }

    /// There is no verdict.
    pub(super) fn error(code: ExitCode, error: &impl ToString) -> Self {
        Self { error: Some(error.to_string()), ..Self::empty(code) }
    }

    fn empty(code: ExitCode) -> Self {
        Self { exit_code: code as u8, error: None, found: None, response: None, causes: None, code }
    }

    pub(super) fn with_response(mut self, response: &'a [u8]) -> Self {
        self.response = Some(match serde_json::from_slice(response) {
            Ok(json) => Response::Json(json),
            Err(_) => Response::Text(String::from_utf8_lossy(response)),
        });
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
