use firehose_delivery::sizing::{Findings, Problem, SettingMeasurement};

use crate::exit_code::ExitCode;

/// Returns the exit code of `size` for its findings.
pub(super) fn exit_code(findings: &Findings) -> ExitCode {
    let not_answered = findings.survey.as_ref().is_some_and(|it| it.outcomes.not_answered > 0);
    let rejected = |it: &SettingMeasurement| matches!(it.result, Err(Problem::Rejected(_)));
    if not_answered || findings.settings.iter().any(rejected) {
        ExitCode::ContractViolated
    } else if findings.largest_safe.is_none() {
        ExitCode::FunctionError
    } else {
        ExitCode::Ok
    }
}
