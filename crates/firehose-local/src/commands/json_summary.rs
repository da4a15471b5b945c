use serde::Serialize;

use crate::exit_code::ExitCode;

/// The JSON summary of a command: the exit code, and the fields of the report.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonSummary<R> {
    exit_code: u8,
    #[serde(flatten)]
    report: R,
}

/// Returns a report and the exit code as JSON, with keys in alphabetical order.
pub(super) fn json_summary(code: ExitCode, report: impl Serialize) -> String {
    // Reports consist of numbers and text, which always have a JSON form. A `Value` sorts its keys.
    let summary = serde_json::to_value(JsonSummary { exit_code: code as u8, report });
    format!("{:#}\n", summary.unwrap_or_default())
}
