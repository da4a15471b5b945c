use std::{fmt::Write, fs, path::Path};

use firehose_fixtures::{Difference, Mismatch};
use firehose_runtime::contract::Response;
use serde::Serialize;

use super::{
    super::{answer_counts::AnswerCounts, json_summary::json_summary},
    case_result::{CaseResult, listed},
};
use crate::{
    exit_code::ExitCode,
    terminal::{counted, escaped},
};

/// The report of all cases.
#[derive(Debug)]
pub(super) struct TestReport {
    pub(super) results: Vec<CaseResult>,
    /// The number of failed records whose causes are unknown.
    pub(super) unexplained: u64,
}

/// The maximum length of a line of the report, in characters. A function may return texts of any
/// length.
const MAX_LINE_CHARACTERS: usize = 2000;

impl TestReport {
    pub(super) fn code(&self) -> ExitCode {
        match self.failed() {
            0 => ExitCode::Ok,
            _ => ExitCode::FailuresFound,
        }
    }

    fn failed(&self) -> usize {
        self.results.iter().filter(|result| result.is_failed()).count()
    }

    fn skipped(&self) -> usize {
        self.results.iter().filter(|result| result.is_skipped).count()
    }

    fn passed(&self) -> usize {
        self.results.len() - self.failed() - self.skipped()
    }

    /// Returns the report as text.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to memory does not fail.
        for result in &self.results {
            let name = escaped(&result.name, MAX_LINE_CHARACTERS);
            match &result.written {
                _ if result.is_failed() => write_problems(&mut text, &name, result),
                Some(path) => {
                    let results = written_results(path);
                    _ = writeln!(text, "ok      {name}: wrote {}{results}", path.display());
                }
                None if result.is_skipped => _ = writeln!(text, "skipped {name}"),
                None => _ = writeln!(text, "ok      {name}"),
            }
        }
        let cases = counted(self.results.len() as u64, "case");
        let _ = write!(text, "\n{cases}: {} passed, {} failed", self.passed(), self.failed());
        if self.skipped() > 0 {
            let _ = write!(text, ", {} skipped", self.skipped());
        }
        text.push('\n');
        if self.unexplained > 0 {
            let records = counted(self.unexplained, "failed record");
            let _ = writeln!(
                text,
                "The causes of {records} were not compared, because the log of the function did \
                 not contain them."
            );
        }
        text
    }

    /// Returns the report as JSON.
    pub(super) fn json(&self) -> String {
        let cases = self.results.iter().map(|result| JsonCase {
            name: &result.name,
            passed: !result.is_failed() && !result.is_skipped,
            sources: result.sources.iter().map(ToString::to_string).collect(),
            written: result.written.as_deref(),
            seconds: result.time.as_secs_f64(),
            problems: result.problems.iter().map(JsonProblem::of).collect(),
        });
        let report = JsonTestReport {
            passed: self.passed(),
            failed: self.failed(),
            skipped: self.skipped(),
            causes_not_compared: self.unexplained,
            cases: cases.collect(),
        };
        json_summary(self.code(), report)
    }
}

/// Returns the number of records with each result in a written `expected.json`, such as
/// ` (2 Ok, 1 Dropped)`. An update also accepts failed records, so the user should check the numbers.
fn written_results(path: &Path) -> String {
    let Ok(text) = fs::read(path) else { return String::new() };
    let Ok(expected) = Response::parse(&text) else { return String::new() };
    let AnswerCounts { ok, dropped, processing_failed, .. } = AnswerCounts::new(&expected);
    let counts = [(ok, "Ok"), (dropped, "Dropped"), (processing_failed, "ProcessingFailed")];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let counts: Vec<_> = counts.map(|(count, result)| format!("{count} {result}")).collect();
    if counts.is_empty() { String::new() } else { format!(" ({})", counts.join(", ")) }
}

fn write_problems(text: &mut String, name: &str, result: &CaseResult) {
    let _ = writeln!(text, "FAILED  {name}");
    for (sources, mismatch) in &result.problems {
        if !sources.is_empty() {
            let _ = writeln!(text, "  as {}:", listed(sources));
        }
        for line in mismatch.to_string().lines() {
            let _ = writeln!(text, "  {}", escaped(line, MAX_LINE_CHARACTERS));
        }
    }
    if let Some(path) = &result.written {
        let _ = writeln!(
            text,
            "  wrote {}, but the results depend on the source of the event; select sources with \
             --source, or list them in `sources` of expected.json",
            path.display()
        );
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonTestReport<'a> {
    passed: usize,
    failed: usize,
    skipped: usize,
    causes_not_compared: u64,
    cases: Vec<JsonCase<'a>>,
}

#[derive(Serialize)]
struct JsonCase<'a> {
    name: &'a str,
    passed: bool,
    sources: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<&'a Path>,
    seconds: f64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<JsonProblem<'a>>,
}

#[derive(Serialize)]
struct JsonProblem<'a> {
    sources: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    differences: &'a [Difference],
}

impl<'a> JsonProblem<'a> {
    fn of((sources, mismatch): &'a (Vec<firehose_fixtures::SourceShape>, Mismatch)) -> Self {
        let (error, differences) = match mismatch {
            Mismatch::Differs { differences, .. } => (None, differences.as_slice()),
            other => (Some(other.to_string()), &[][..]),
        };
        let sources = sources.iter().map(ToString::to_string).collect();
        Self { sources, error, differences }
    }
}
