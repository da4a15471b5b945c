use std::fmt::Write;

use super::super::{
    cause_list::{write_causes, write_exceptions, write_failed_items},
    json_summary::json_summary,
    report_lines::{write_invocations, write_objects},
};
use crate::{
    exit_code::ExitCode,
    terminal::{counted, escaped},
};
use firehose_delivery::replay::{
    RemainingCounts, RemainingFormat, ReplayCounts, ReplayReport, ReplaySummary, UndecidedLine,
    UnknownRawData,
};

/// The report of the command: its text, its JSON and its exit code.
#[derive(Debug)]
pub(super) struct Report {
    replay: ReplayReport,
    format: RemainingFormat,
    is_interrupted: bool,
}

impl Report {
    /// The number of error codes that the text names. Further error codes are only counted.
    const SHOWN_CODES: usize = 10;

    pub(super) fn new(replay: ReplayReport, format: RemainingFormat, is_interrupted: bool) -> Self {
        Self { replay, format, is_interrupted }
    }

    pub(super) fn code(&self) -> ExitCode {
        let stats = &self.replay.stats;
        if self.is_interrupted {
            ExitCode::Interrupted
        } else if stats.store_failed {
            ExitCode::StoreFailed
        } else if stats.unreadable > 0
            || stats.gaps > 0
            || stats.undecided.is_some()
            || stats.remaining_failed
        {
            ExitCode::BadUsage
        } else if stats.invocations.lost_batches > 0 {
            ExitCode::FunctionError
        } else if stats.invocations.contract_violations > 0 {
            ExitCode::ContractViolated
        } else if stats.total().failing + stats.not_replayed() > 0 {
            ExitCode::FailuresFound
        } else {
            ExitCode::Ok
        }
    }

    /// Returns the summary as JSON, with its keys in alphabetical order.
    pub(super) fn json(&self) -> String {
        json_summary(self.code(), ReplaySummary::from(&self.replay))
    }

    pub(super) fn text(&self) -> String {
        // Writing to memory does not fail.
        let mut text = String::new();
        let stats = &self.replay.stats;
        let ReplayCounts { recovered, dropped, failing } = stats.total();
        let recovers = if self.replay.is_trial { "pass now" } else { "recovered" };
        let added = match stats.added {
            0 => String::new(),
            added => format!(" + {} added by splitting", counted(added, "record")),
        };
        let _ = write!(
            text,
            "{} in{added} = {recovered} {recovers} + {dropped} dropped + {failing} still failing + {} \
             unreadable",
            counted(stats.lines, "line"),
            stats.unreadable,
        );
        for (count, result) in
            [(stats.undecided_lines, "undecided"), (stats.not_replayed(), "NOT REPLAYED")]
        {
            if count > 0 {
                let _ = write!(text, " + {count} {result}");
            }
        }
        text.push('\n');
        self.write_input(&mut text);
        self.write_before(&mut text, recovers);
        if stats.unchanged > 0 {
            let would = if self.replay.is_trial { "would be delivered" } else { "delivered" };
            let records = counted(stats.unchanged, "record");
            let _ = writeln!(
                text,
                "  {records} {would} unchanged, because the failure came after the function"
            );
        }
        self.write_failing(&mut text);
        self.write_outputs(&mut text);
        text
    }

    fn write_input(&self, text: &mut String) {
        let stats = &self.replay.stats;
        if self.is_interrupted {
            text.push_str("  interrupted by a signal\n");
        }
        if stats.gaps > 0 {
            let parts = counted(stats.gaps, "part");
            let whose = if stats.gaps == 1 { "its" } else { "their" };
            let _ = writeln!(
                text,
                "  {parts} of the input could not be read; {whose} lines are not in the counts"
            );
        }
        if let Some(undecided) = &stats.undecided {
            self.write_undecided(text, undecided);
        }
        match &stats.last {
            _ if stats.read_to_end && stats.lines == 0 => {
                text.push_str("  the error objects have no lines\n");
            }
            _ if stats.read_to_end => {}
            Some((object, number)) => {
                let line = format!("{}:{number}", escaped(object, 1024));
                let _ = write!(text, "  the input was read only up to {line}");
                if self.can_be_continued() {
                    let _ = write!(text, "; --after {} continues there", quoted(&line));
                }
                text.push('\n');
            }
            None => text.push_str("  nothing was read\n"),
        }
    }

    /// Returns `true` if no line that was read needs another reading of its object: each line has a
    /// result, or is in the file of remaining records.
    fn can_be_continued(&self) -> bool {
        let stats = &self.replay.stats;
        match (&self.replay.remaining_file, stats.remaining) {
            (None, _) => stats.not_replayed() == 0,
            (Some(_), counts) => counts.is_some_and(|counts| counts.left_out == 0),
        }
    }

    fn write_undecided(&self, text: &mut String, undecided: &UndecidedLine) {
        let UndecidedLine { object, line, reason } = undecided;
        let object = escaped(object, 1024);
        let reason_text = escaped(&reason.to_string(), 400);
        let hint = match reason {
            UnknownRawData::Stage { .. } | UnknownRawData::Mark => {
                "--raw-data original sends it through the function, --raw-data output delivers it \
                 unchanged"
            }
            UnknownRawData::CompressedLogs => "--raw-data original sends it through the function",
        };
        let _ = writeln!(text, "  {object}:{line}: {reason_text}; {hint}");
        let undecided_lines = self.replay.stats.undecided_lines;
        if undecided_lines > 0 {
            let lines = counted(undecided_lines, "undecided line");
            let _ = writeln!(
                text,
                "  {lines} written to the file of remaining records; replay this file with --raw-data"
            );
        }
    }

    /// Writes the results of the replay for each error code of the error lines.
    fn write_before(&self, text: &mut String, recovers: &str) {
        let mut before: Vec<_> = self.replay.stats.before.iter().collect();
        before.sort_by_key(|(_, counts)| {
            std::cmp::Reverse(counts.recovered + counts.dropped + counts.failing)
        });
        for (code, ReplayCounts { recovered, dropped, failing }) in
            before.iter().take(Self::SHOWN_CODES)
        {
            let all = counted(recovered + dropped + failing, "record");
            let code = escaped(code, 200);
            let parts = [(recovered, recovers), (dropped, "dropped"), (failing, "still failing")];
            let parts: Vec<_> = parts
                .iter()
                .filter(|(count, _)| **count > 0)
                .map(|(count, result)| format!("{count} {result}"))
                .collect();
            let _ = writeln!(text, "  had failed with {code}: {all}, {}", parts.join(", "));
        }
        if let Some(more) = before.len().checked_sub(Self::SHOWN_CODES).filter(|more| *more > 0) {
            let _ = writeln!(text, "  ... and with {more} other error codes");
        }
    }

    /// Writes the reasons of the failures in the replay.
    fn write_failing(&self, text: &mut String) {
        let stats = &self.replay.stats;
        for (code, count) in &stats.failing {
            let _ = writeln!(text, "  fails with {code}: {}", counted(*count, "record"));
        }
        match &self.replay.failures {
            Some(failures) => {
                write_causes(text, &failures.records);
                if failures.records.total() == 0 && !stats.failing.is_empty() {
                    write_exceptions(text, &failures.exceptions);
                }
                write_failed_items(text, &failures.items);
            }
            None if !stats.failing.is_empty() => {
                text.push_str("    the causes are in the log of the function\n");
            }
            None => {}
        }
        write_invocations(text, &stats.invocations);
    }

    /// Writes the objects and the file of the remaining records.
    fn write_outputs(&self, text: &mut String) {
        let stats = &self.replay.stats;
        write_objects(text, &stats.objects, str::to_owned);
        if let Some(file) = &self.replay.remaining_file {
            self.write_remaining(text, &escaped(&file.display().to_string(), 1024));
        }
        if self.replay.is_trial && stats.total().recovered > 0 {
            text.push_str("  this was a trial; --to writes the outputs\n");
        }
    }

    fn write_remaining(&self, text: &mut String, file: &str) {
        let Some(counts) = self.replay.stats.remaining else {
            let _ =
                writeln!(text, "  {file}: NOT WRITTEN; an earlier file of this name is unchanged");
            return;
        };
        let RemainingCounts { written, left_out, left_out_outputs } = counts;
        let unit = match self.format {
            RemainingFormat::ErrorLines => "line",
            RemainingFormat::Lines | RemainingFormat::Event => "record",
        };
        let _ = writeln!(text, "  {file}: {} remaining", counted(written, unit));
        let reason = match self.format {
            RemainingFormat::ErrorLines => "",
            RemainingFormat::Lines => "the data contains a newline",
            RemainingFormat::Event => "Lambda allows 6 MiB for an event",
        };
        let outputs = "they are outputs of the function, which would transform them again";
        for (left_out, reason) in
            [(left_out - left_out_outputs, reason), (left_out_outputs, outputs)]
        {
            if left_out > 0 {
                let _ = writeln!(
                    text,
                    "  {} LEFT OUT because {reason}; --rest-as error-lines holds every record",
                    counted(left_out, "record")
                );
            }
        }
    }
}

/// Quotes a text for a shell if the shell would change it.
fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._:=@%+,-".contains(&byte);
    if text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
