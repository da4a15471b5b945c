use std::fmt::Write;

use super::{
    report_card::{Finding, ReportCard},
    text_report::lost,
};
use crate::terminal::counted;

/// Returns the report as Markdown, for a comment on a pull request.
pub(super) fn markdown_report(card: &ReportCard) -> String {
    let findings = card.findings();
    let mut text = String::new();
    let count = counted(findings.len() as u64, "finding");
    // Writing to memory does not fail.
    let _ = writeln!(text, "## {}: {count}\n", code(&card.function));
    let _ = writeln!(text, "Sample: {}\n", plain(&card.sample));
    for finding in &findings {
        write_finding(&mut text, finding);
    }
    let attacks = counted(card.results.len() as u64, "attack");
    let _ = writeln!(text, "<details><summary>{attacks}</summary>\n");
    let _ = writeln!(text, "| attack | answer | in Firehose | good records lost | verdict |");
    let _ = writeln!(text, "|---|---|---|---|---|");
    for result in &card.results {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            code(result.attack.name()),
            plain(&result.answer),
            plain(&result.firehose),
            lost(result),
            plain(&result.verdict.text())
        );
    }
    text.push_str("\n</details>\n");
    text
}

fn write_finding(text: &mut String, finding: &Finding<'_>) {
    let evidence = finding.evidence;
    let _ = writeln!(text, "### {}: {}\n", code(finding.id.id()), plain(finding.id.title()));
    let _ = writeln!(text, "{}\n", plain(finding.id.effect()));
    if let Some(record) = &evidence.record {
        let _ = writeln!(text, "- record: {}", code(record));
    }
    let _ = writeln!(text, "- answer: {}", code(&evidence.answer));
    if evidence.lost_records > 0 {
        let (lost, good) = (evidence.lost_records, evidence.good_records);
        let _ = writeln!(text, "- lost in this event: {lost} of {good} good records");
    }
    let attacks = std::iter::once(&evidence.attack).chain(&finding.other_attacks);
    let names: Vec<_> = attacks.map(|attack| code(attack.name())).collect();
    let _ = writeln!(text, "- attacks: {}\n", names.join(", "));
    let _ = writeln!(text, "{}\n\n```\n{}\n```\n", plain(finding.mend[0]), finding.mend[1]);
}

/// Returns a text as code. A fence of backticks that the text does not have ends the code.
fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ").replace('|', r"\|");
    let mut longest = 0;
    let mut length = 0;
    for character in text.chars() {
        length = if character == '`' { length + 1 } else { 0 };
        longest = longest.max(length);
    }
    let fence = "`".repeat(longest + 1);
    if longest == 0 { format!("{fence}{text}{fence}") } else { format!("{fence} {text} {fence}") }
}

/// Returns a text without effect in Markdown and HTML.
fn plain(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\n' | '\r' => escaped.push(' '),
            // A zero-width space keeps `@name` from notifying people.
            '@' => escaped.push_str("@\u{200b}"),
            '\\' | '|' | '*' | '_' | '[' | ']' | '#' | '~' => escaped.extend(['\\', character]),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_a_function_has_no_effect() {
        assert_eq!(plain("a|b <img> @all\n*x*"), "a\\|b &lt;img&gt; @\u{200b}all \\*x\\*");
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`|\nb"), r"`` a`\| b ``");
    }
}
