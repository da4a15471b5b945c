use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::case_result::{CaseResult, listed};

/// Returns a report in JUnit's XML format. The folder is the test suite, and each case is a test.
/// The library removes characters that XML cannot hold.
pub(super) fn junit(folder: &str, results: &[CaseResult]) -> Result<String, SerializeError> {
    let mut suite = TestSuite::new(folder);
    for result in results {
        let mut test = TestCase::new(result.name.as_str(), status(result));
        test.set_classname(folder).set_time(result.time);
        suite.add_test_case(test);
    }
    let time: Duration = results.iter().map(|result| result.time).sum();
    suite.set_time(time);
    let mut report = Report::new("firehose-local test");
    report.set_time(time).add_test_suite(suite);
    report.to_string()
}

fn status(result: &CaseResult) -> TestCaseStatus {
    if result.is_skipped {
        return TestCaseStatus::skipped();
    }
    if !result.is_failed() {
        return TestCaseStatus::success();
    }
    let texts = result.problems.iter().map(|(sources, mismatch)| match sources.as_slice() {
        [] => mismatch.to_string(),
        sources => format!("as {}: {mismatch}", listed(sources)),
    });
    let text = texts.collect::<Vec<_>>().join("\n");
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type("mismatch").set_message("the answer differs from expected.json");
    status.set_description(text);
    status
}
