use serde::Serialize;

use super::{
    super::json_summary::json_summary,
    attack_result::AttackVerdict,
    finding_id::FindingId,
    report_card::{Finding, ReportCard},
};

/// The JSON output of `doctor`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonReportCard<'a> {
    function: &'a str,
    language: String,
    sample: &'a str,
    seconds: f64,
    findings: Vec<JsonFinding<'a>>,
    attacks: Vec<JsonAttack<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonFinding<'a> {
    id: &'static str,
    title: &'static str,
    evidence: JsonEvidence<'a>,
    effect: &'static str,
    mend: [&'static str; 2],
    other_attacks: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonEvidence<'a> {
    attack: &'static str,
    record: Option<&'a str>,
    answer: &'a str,
    good_records: usize,
    lost_good_records: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonAttack<'a> {
    name: &'static str,
    description: &'static str,
    answer: &'a str,
    firehose: &'a str,
    good_records: usize,
    lost_good_records: usize,
    verdict: &'static str,
    findings: Vec<&'static str>,
    note: Option<&'a str>,
}

/// Returns the report as JSON.
pub(super) fn json_report(card: &ReportCard) -> String {
    let report = JsonReportCard {
        function: &card.function,
        language: card.language.to_string(),
        sample: &card.sample,
        seconds: card.time.as_secs_f64(),
        findings: card.findings().iter().map(JsonFinding::of).collect(),
        attacks: card.results.iter().map(JsonAttack::of).collect(),
    };
    json_summary(card.code(), report)
}

impl<'a> JsonFinding<'a> {
    fn of(finding: &Finding<'a>) -> Self {
        let evidence = finding.evidence;
        Self {
            id: finding.id.id(),
            title: finding.id.title(),
            evidence: JsonEvidence {
                attack: evidence.attack.name(),
                record: evidence.record.as_deref(),
                answer: &evidence.answer,
                good_records: evidence.good_records,
                lost_good_records: evidence.lost_records,
            },
            effect: finding.id.effect(),
            mend: finding.mend,
            other_attacks: finding.other_attacks.iter().map(|attack| attack.name()).collect(),
        }
    }
}

impl<'a> JsonAttack<'a> {
    fn of(result: &'a super::attack_result::AttackResult) -> Self {
        let (verdict, findings, note): (_, &[FindingId], Option<&str>) = match &result.verdict {
            AttackVerdict::Held => ("held", &[], None),
            AttackVerdict::Found(findings) => ("found", findings, None),
            AttackVerdict::Note(note) => ("held", &[], Some(note)),
            AttackVerdict::Undecided(reason) => ("none", &[], Some(reason)),
        };
        Self {
            name: result.attack.name(),
            description: result.attack.description(),
            answer: &result.answer,
            firehose: &result.firehose,
            good_records: result.good_records,
            lost_good_records: result.lost_records,
            verdict,
            findings: findings.iter().map(|finding| finding.id()).collect(),
            note,
        }
    }
}
