use std::time::Duration;

use super::{
    attack::Attack, attack_result::AttackResult, code_language::CodeLanguage, evidence::Evidence,
    finding_id::FindingId, mend::mend,
};
use crate::exit_code::ExitCode;

/// The result of an examination.
#[derive(Debug)]
pub(super) struct ReportCard {
    /// The name of the function.
    pub(super) function: String,
    pub(super) language: CodeLanguage,
    /// The sample in words.
    pub(super) sample: String,
    pub(super) results: Vec<AttackResult>,
    pub(super) time: Duration,
}

/// A fault of the function.
#[derive(Debug)]
pub(super) struct Finding<'a> {
    pub(super) id: FindingId,
    /// The first evidence.
    pub(super) evidence: &'a Evidence,
    /// The other attacks that show the fault.
    pub(super) other_attacks: Vec<Attack>,
    pub(super) mend: [&'static str; 2],
}

impl ReportCard {
    /// Returns the faults, each once, in the order of their ids.
    pub(super) fn findings(&self) -> Vec<Finding<'_>> {
        let finding = |id: &FindingId| {
            let evidence = self.results.iter().flat_map(|result| &result.evidence);
            let mut evidence = evidence.filter(|evidence| evidence.finding == *id);
            let first = evidence.next()?;
            let mut other_attacks: Vec<_> = evidence.map(|evidence| evidence.attack).collect();
            other_attacks.retain(|attack| *attack != first.attack);
            other_attacks.dedup();
            Some(Finding {
                id: *id,
                evidence: first,
                other_attacks,
                mend: mend(*id, self.language),
            })
        };
        FindingId::ALL.iter().filter_map(finding).collect()
    }

    /// Returns the results for a function that fails for each event of Firehose, and answers events of
    /// another service. `answer` is its answer to an event of Firehose.
    pub(super) fn results_of_other_reader(answer: &str) -> Vec<AttackResult> {
        let results = Attack::ALL.iter().map(|attack| {
            let mut result = AttackResult::undecided(*attack, "the function reads other events");
            if *attack == Attack::GoodRecords {
                answer.clone_into(&mut result.answer);
                "retries, then fails all".clone_into(&mut result.firehose);
                result.add(Evidence {
                    finding: FindingId::ResponseNotRecords,
                    attack: *attack,
                    record: None,
                    answer: format!(
                        "{answer}. The function answers an event with the records of a Kinesis event source \
                         mapping (`Records`, `kinesis.data`). An event of Firehose has `records`, each with \
                         `data`"
                    ),
                    lost_records: 0,
                    good_records: 0,
                });
            }
            result
        });
        results.collect()
    }

    pub(super) fn code(&self) -> ExitCode {
        let has_findings = self.results.iter().any(|result| !result.evidence.is_empty());
        if has_findings { ExitCode::FailuresFound } else { ExitCode::Ok }
    }
}
