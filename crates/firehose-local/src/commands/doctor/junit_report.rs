use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::{
    attack_result::{AttackResult, AttackVerdict},
    report_card::ReportCard,
};

/// Returns the report in JUnit's XML format. The function is the test suite, and each attack is a test.
/// The library removes characters that XML cannot hold.
pub(super) fn junit_report(card: &ReportCard) -> Result<String, SerializeError> {
    let mut suite = TestSuite::new(card.function.as_str());
    for result in &card.results {
        let mut test = TestCase::new(result.attack.name(), status(result));
        test.set_classname(card.function.as_str());
        suite.add_test_case(test);
    }
    suite.set_time(card.time);
    let mut report = Report::new("firehose-local doctor");
    report.set_time(card.time).add_test_suite(suite);
    report.to_string()
}

fn status(result: &AttackResult) -> TestCaseStatus {
    match &result.verdict {
        AttackVerdict::Held | AttackVerdict::Note(_) => TestCaseStatus::success(),
        AttackVerdict::Undecided(reason) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(reason.as_str());
            status
        }
        AttackVerdict::Found(findings) => {
            let ids: Vec<_> = findings.iter().map(|finding| finding.id()).collect();
            let texts = result.evidence.iter().map(|evidence| {
                let record = evidence.record.as_deref().unwrap_or("(the whole event)");
                let (finding, answer) = (evidence.finding, &evidence.answer);
                format!(
                    "{}: {}\nrecord: {record}\nanswer: {answer}\neffect: {}",
                    finding.id(),
                    finding.title(),
                    finding.effect()
                )
            });
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type("finding").set_message(ids.join(", "));
            status.set_description(texts.collect::<Vec<_>>().join("\n\n"));
            status
        }
    }
}
