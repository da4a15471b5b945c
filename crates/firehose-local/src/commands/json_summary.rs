use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;

use super::summary_formatter::SummaryFormatter;
use crate::exit_code::ExitCode;

/// The JSON summary of a command: the exit code, and the fields of the report.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonSummary<R> {
    exit_code: u8,
    #[serde(flatten)]
    report: R,
}

/// Writes the exit code and a report as JSON. The fields have the order of the report. A report may
/// have millions of positions, so that the JSON is not held in memory.
pub(super) fn write_json_summary(
    to: &mut dyn Write,
    code: ExitCode,
    report: impl Serialize,
) -> io::Result<()> {
    let mut to = io::BufWriter::new(to);
    let mut serializer = Serializer::with_formatter(&mut to, SummaryFormatter::default());
    JsonSummary { exit_code: code as u8, report }.serialize(&mut serializer)?;
    to.write_all(b"\n")?;
    to.flush()
}

/// Returns the exit code and a report as JSON.
pub(super) fn json_summary(code: ExitCode, report: impl Serialize) -> String {
    let mut json = Vec::new();
    // Reports consist of numbers and text, and writing to memory does not fail.
    let _ = write_json_summary(&mut json, code, report);
    String::from_utf8(json).unwrap_or_default()
}
