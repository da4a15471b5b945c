use std::fmt::Write;

use super::{
    super::plain_table::{plain_table, write_table},
    attack_result::{AttackResult, AttackVerdict},
    report_card::{Finding, ReportCard},
};
use crate::terminal::{Color, Style, counted, escaped};

/// The longest answer in the table, in characters.
const ANSWER_CHARACTERS: usize = 60;

/// The longest verdict in the table, in characters.
const VERDICT_CHARACTERS: usize = 90;

/// Returns the report as text for a terminal.
pub(super) fn text_report(card: &ReportCard, style: Style) -> String {
    let mut text = String::new();
    // Writing to memory does not fail.
    let _ = writeln!(text, "function  {} ({})", escaped(&card.function, 200), card.language);
    let _ = writeln!(text, "sample    {}\n", escaped(&card.sample, 300));
    let mut table = plain_table();
    table.set_header(["attack", "answer", "in Firehose", "good lost", "verdict"]);
    for result in &card.results {
        table.add_row([
            result.attack.name().to_owned(),
            escaped(&result.answer, ANSWER_CHARACTERS),
            result.firehose.clone(),
            lost(result),
            escaped(&result.verdict.text(), VERDICT_CHARACTERS),
        ]);
    }
    let mut rows = String::new();
    write_table(&mut rows, &table);
    // The first line is the header.
    for (index, row) in rows.lines().enumerate() {
        let verdict = index.checked_sub(1).and_then(|index| card.results.get(index));
        let color = match verdict.map(|result| &result.verdict) {
            Some(AttackVerdict::Found(_)) => Some(Color::Red),
            Some(AttackVerdict::Undecided(_)) => Some(Color::Dim),
            _ => None,
        };
        let row = color.map_or_else(|| row.to_owned(), |color| style.paint(color, row));
        let _ = writeln!(text, "{row}");
    }
    let findings = card.findings();
    for finding in &findings {
        write_finding(&mut text, finding, style);
    }
    let count = counted(findings.len() as u64, "finding");
    let color = if findings.is_empty() { Color::Green } else { Color::Red };
    let attacks = counted(card.results.len() as u64, "attack");
    let seconds = card.time.as_secs_f64();
    let _ = writeln!(text, "\n{} in {attacks}, {seconds:.1} s", style.paint(color, &count));
    text
}

/// Returns the number of lost good records, such as `3 of 3`.
pub(super) fn lost(result: &AttackResult) -> String {
    match result.good_records {
        0 => String::new(),
        good => format!("{} of {good}", result.lost_records),
    }
}

fn write_finding(text: &mut String, finding: &Finding<'_>, style: Style) {
    let evidence = finding.evidence;
    let heading = style.paint(Color::Red, finding.id.id());
    let _ = writeln!(text, "\n{heading}: {}", finding.id.title());
    let _ = writeln!(text, "  attack  {}", evidence.attack.description());
    if let Some(record) = &evidence.record {
        let _ = writeln!(text, "  record  {record}");
    }
    let _ = writeln!(text, "  answer  {}", evidence.answer);
    let _ = writeln!(text, "  effect  {}", finding.id.effect());
    if evidence.lost_records > 0 {
        let (lost, good) = (evidence.lost_records, evidence.good_records);
        let _ = writeln!(text, "          {lost} of {good} good records in this event are lost.");
    }
    if !finding.other_attacks.is_empty() {
        let names: Vec<_> = finding.other_attacks.iter().map(|attack| attack.name()).collect();
        let _ = writeln!(text, "  also    {}", names.join(", "));
    }
    let lines = finding.mend.iter().flat_map(|line| line.lines());
    for (index, line) in lines.enumerate() {
        let name = if index == 0 { "mend" } else { "" };
        let _ = writeln!(text, "  {name:<6}  {line}");
    }
}
