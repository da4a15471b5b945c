use std::fmt::Write;

use comfy_table::{CellAlignment, Table};
use firehose_runtime::contract::MAX_RESPONSE_BYTES;
use indicatif::HumanCount;

use super::{arguments::Size, memory_cost::MemoryCost, notes::notes};
use crate::{
    commands::plain_table::{plain_table, write_table},
    hint::with_hint,
    terminal::{escaped, plural},
};
use firehose_delivery::sizing::{
    BufferSize, CostModel, Findings, Measured, Sample, SettingMeasurement, SettingVerdict,
};

/// The measurements and the conclusions from them, as text or JSON.
#[derive(Debug)]
pub(super) struct SizeReport<'a> {
    pub(super) size: &'a Size,
    pub(super) sample: &'a Sample,
    pub(super) findings: &'a Findings,
    pub(super) notes: Vec<String>,
}

impl<'a> SizeReport<'a> {
    pub(super) fn new(size: &'a Size, sample: &'a Sample, findings: &'a Findings) -> Self {
        Self { size, sample, findings, notes: notes(size, sample, findings) }
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let Sample { count, data_bytes, .. } = self.sample;
        let (count, bytes) = (records(*count as u64), HumanCount(*data_bytes));
        let _ = writeln!(text, "Sample: {count}, {bytes} bytes of data");
        if let Some(survey) = &self.findings.survey {
            let outcomes = &survey.outcomes;
            let (ok, dropped, failed) = (
                HumanCount(outcomes.ok),
                HumanCount(outcomes.dropped),
                HumanCount(outcomes.failed()),
            );
            let _ = writeln!(text, "Outcomes: {ok} Ok, {dropped} Dropped, {failed} failed");
        }
        let factors = [
            ("the output of a record is", self.data_expansion(), "its data"),
            ("the response is", self.response_expansion(), "the data of its records"),
            (
                "in the densest batch of 0.2 MB, the response is",
                self.findings.densest_expansion,
                "the data of its records",
            ),
        ];
        for (number, (subject, factor, base)) in factors.into_iter().enumerate() {
            if let Some(factor) = factor {
                let start = if number == 0 { "Expansion: " } else { "           " };
                let _ = writeln!(text, "{start}{subject} {factor:.2} times as long as {base}");
            }
        }
        text.push('\n');
        write_table(&mut text, &self.settings_table());
        for measured in &self.findings.settings {
            if let Some(reason) = self.explanation(measured) {
                let _ = writeln!(text, "  at {} MB: {reason}", measured.setting);
            }
        }
        let smallest = self.findings.settings.first().map(|it| self.findings.verdict(it));
        let _ = match (self.findings.largest_safe, smallest) {
            (Some(setting), _) => {
                writeln!(text, "\nLargest safe setting: BufferSizeInMBs = {setting}")
            }
            (None, Some(SettingVerdict::EventFull)) => writeln!(
                text,
                "\nNo setting is known to be safe. {} MB, the smallest, is the best choice.",
                BufferSize::SMALLEST
            ),
            (None, _) => writeln!(text, "\nNo setting is safe."),
        };
        self.write_costs(&mut text);
        text.push('\n');
        for note in &self.notes {
            write_paragraph(&mut text, &escaped(note, 2048));
        }
        text
    }

    fn settings_table(&self) -> Table {
        let header = [
            "MB",
            "records",
            "event bytes",
            "response bytes",
            "of limit",
            "time ms",
            "CPU ms",
            "peak MiB",
            "Ok",
            "Dropped",
            "failed",
            "",
        ];
        let rows = self.findings.settings.iter().map(|it| self.settings_row(it));
        table(&header, rows)
    }

    fn settings_row(&self, it: &SettingMeasurement) -> Vec<String> {
        let cut = if it.is_cut { "*" } else { "" };
        let mut row = vec![
            it.setting.to_string(),
            HumanCount(it.records()).to_string(),
            format!("{}{cut}", HumanCount(it.event_bytes)),
        ];
        match &it.result {
            Ok(measured) => {
                let outcomes = &measured.outcomes;
                row.extend([
                    HumanCount(measured.response_bytes).to_string(),
                    format!("{:.0} %", of_limit(measured)),
                    milliseconds(measured.wall.as_secs_f64()),
                    measured.cpu.map_or("n/a".to_owned(), |cpu| milliseconds(cpu.as_secs_f64())),
                    measured.peak_bytes.map_or("n/a".to_owned(), mebibytes),
                    HumanCount(outcomes.ok).to_string(),
                    HumanCount(outcomes.dropped).to_string(),
                    HumanCount(outcomes.failed()).to_string(),
                ]);
            }
            Err(_) => row.resize(11, String::new()),
        }
        row.push(
            match self.findings.verdict(it) {
                SettingVerdict::Safe if Some(it.setting) == self.findings.largest_safe => {
                    "largest safe"
                }
                SettingVerdict::Safe => "safe",
                SettingVerdict::Fails => "FAILS",
                SettingVerdict::MoreFailures(_) => "MORE FAIL",
                SettingVerdict::NoHeadroom => "TOO LONG",
                SettingVerdict::EventFull => "NOT KNOWN",
                SettingVerdict::SmallerIsUnsafe => "NOT SAFE",
            }
            .to_owned(),
        );
        row
    }

    /// Returns the reason why a setting is unsafe. Returns `None` if the setting is safe, or if the
    /// table shows the reason.
    fn explanation(&self, it: &SettingMeasurement) -> Option<String> {
        let max = self.findings.rule.max_response_bytes();
        let expected = it.expected_response_bytes.unwrap_or(0);
        let measured = match &it.result {
            Ok(measured) => measured,
            Err(problem) => return Some(escaped(&with_hint(problem), 1024)),
        };
        match self.findings.verdict(it) {
            SettingVerdict::MoreFailures(more) => Some(format!(
                "{} fail at this setting, but passed before, in batches of {} MB; {}",
                records(more),
                BufferSize::SMALLEST,
                match expected > max {
                    true => format!(
                        "if they passed, the response would have {} bytes",
                        HumanCount(expected)
                    ),
                    false => "the length of the response is not the reason".to_owned(),
                }
            )),
            SettingVerdict::NoHeadroom if measured.response_bytes <= max => Some(format!(
                "in batches of {} MB, the answers to these records have {} bytes, which is more \
                 than the {} bytes that the headroom allows",
                BufferSize::SMALLEST,
                HumanCount(expected),
                HumanCount(max)
            )),
            SettingVerdict::SmallerIsUnsafe => Some("a smaller setting is not safe".to_owned()),
            _ => None,
        }
    }

    fn write_costs(&self, text: &mut String) {
        let Some(recommended) = self.findings.recommended() else { return };
        let Some(costs) = self.costs(recommended) else {
            text.push_str("Cost: n/a, because CPU time and memory are measured on Linux only\n");
            return;
        };
        let setting = recommended.setting;
        let _ = writeln!(text, "Lambda's cost for a GB of data at {setting} MB, in US dollars:\n");
        let header =
            ["memory MB", "billed ms a batch", "batches", "duration", "requests", "total", ""];
        let rows = costs.into_iter().map(|MemoryCost { megabytes, is_too_small, cost }| {
            vec![
                megabytes.to_string(),
                HumanCount(cost.billed_ms as u64).to_string(),
                HumanCount(cost.invocations.ceil() as u64).to_string(),
                format!("{:.6}", cost.compute),
                format!("{:.6}", cost.requests),
                format!("{:.6}", cost.total()),
                if is_too_small { "too small" } else { "" }.to_owned(),
            ]
        });
        write_table(text, &table(&header, rows));
    }

    /// Returns the cost at each memory size, if CPU time and memory were measured.
    pub(super) fn costs(&self, measured: &SettingMeasurement) -> Option<Vec<MemoryCost>> {
        let measured = measured.result.as_ref().ok()?;
        let (time, peak) = (measured.time()?, measured.peak_bytes?);
        let model = self.size.cost_model();
        let costs = CostModel::MEMORY_SIZES.map(|megabytes| MemoryCost {
            megabytes,
            is_too_small: CostModel::is_too_small(megabytes, peak),
            cost: model.per_gigabyte(time, measured.timed_data_bytes, megabytes),
        });
        Some(costs.into())
    }

    pub(super) fn data_expansion(&self) -> Option<f64> {
        self.findings.survey.as_ref()?.data_expansion()
    }

    pub(super) fn response_expansion(&self) -> Option<f64> {
        let survey = self.findings.survey.as_ref()?;
        let response: u64 = survey.answer_bytes.iter().sum();
        Some(response as f64 / self.sample.data_bytes as f64)
    }
}

/// Returns a table with numbers in all columns but the last.
fn table<const N: usize>(header: &[&str; N], rows: impl Iterator<Item = Vec<String>>) -> Table {
    let mut table = plain_table();
    table.set_header(header);
    for column in table.column_iter_mut().take(N - 1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for row in rows {
        table.add_row(row);
    }
    table
}

/// Writes an item of a list in lines of at most 100 characters. A longer word has its own line.
fn write_paragraph(text: &mut String, paragraph: &str) {
    let mut line = "-".to_owned();
    for word in paragraph.split(' ') {
        if line.len() + 1 + word.len() > 100 && line.len() > 1 {
            text.push_str(&line);
            text.push('\n');
            line = " ".to_owned();
        }
        line.push(' ');
        line.push_str(word);
    }
    text.push_str(&line);
    text.push('\n');
}

fn records(count: u64) -> String {
    format!("{} {}", HumanCount(count), plural(count, "record"))
}

fn of_limit(measured: &Measured) -> f64 {
    measured.response_bytes as f64 / MAX_RESPONSE_BYTES as f64 * 100.0
}

fn milliseconds(seconds: f64) -> String {
    format!("{:.1}", seconds * 1e3)
}

fn mebibytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1024.0 / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_wrapped_without_losing_a_word() {
        let mut text = String::new();
        let note = format!("{} {} end", "word ".repeat(30).trim(), "x".repeat(120));
        write_paragraph(&mut text, &note);
        assert!(text.starts_with("- word") && text.lines().skip(1).all(|it| it.starts_with("  ")));
        assert!(text.lines().filter(|line| line.len() > 100).count() == 1, "{text}");
        assert!(text[2..].split_whitespace().eq(note.split_whitespace()), "{text}");
    }

    #[test]
    fn figures_have_the_units_of_their_columns() {
        assert_eq!(
            (records(1), records(1_000)),
            ("1 record".to_owned(), "1,000 records".to_owned())
        );
        assert_eq!(
            (milliseconds(0.012_34), mebibytes(3_670_016)),
            ("12.3".to_owned(), "3.5".to_owned())
        );
    }
}
