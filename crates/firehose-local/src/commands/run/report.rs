use std::{fmt::Write, io, time::Duration};

use super::{
    super::{
        cause_list::{write_causes, write_exceptions, write_failed_items},
        json_summary::write_json_summary,
        report_lines::{write_invocations, write_objects},
    },
    failure_limit::FailureLimit,
    written_positions::WrittenPositions,
};
use crate::{
    exit_code::ExitCode,
    terminal::{counted, escaped},
};
use firehose_delivery::{
    delivery::{DeliveryStats, InputStats, RequestStats},
    delivery_stream::DeliveryFailure,
    run::{RunReport, RunSummary, StreamReport},
};
use indicatif::DecimalBytes;

/// The report of the command: its text, its JSON and its exit code.
#[derive(Debug)]
pub(super) struct Report {
    run: RunReport,
    is_interrupted: bool,
    failure_limit: Option<FailureLimit>,
    positions: Option<WrittenPositions>,
}

impl Report {
    /// The shortest run for which the text shows a rate.
    const SHORTEST_RATED: Duration = Duration::from_secs(2);

    pub(super) fn new(
        run: RunReport,
        is_interrupted: bool,
        failure_limit: Option<FailureLimit>,
        positions: Option<WrittenPositions>,
    ) -> Self {
        Self { run, is_interrupted, failure_limit, positions }
    }

    pub(super) fn code(&self) -> ExitCode {
        let Self { run, is_interrupted, failure_limit, positions } = self;
        let positions_failed = positions.as_ref().is_some_and(|file| file.has_failed);
        if *is_interrupted {
            ExitCode::Interrupted
        } else if run.is_faulty() {
            ExitCode::Faulty
        } else if run.any(|stats| stats.store_failed) {
            ExitCode::StoreFailed
        } else if run.input.error.is_some() || run.input.refused > 0 || positions_failed {
            ExitCode::BadUsage
        } else if run.any(|stats| stats.invocations.lost_batches > 0) {
            ExitCode::FunctionError
        } else if run.any(|stats| stats.invocations.contract_violations > 0) {
            ExitCode::ContractViolated
        } else if run.any(|stats| stats.undelivered.records() > 0)
            || failure_limit.is_some_and(|limit| run.any(|stats| limit.is_exceeded_by(stats)))
        {
            ExitCode::FailuresFound
        } else {
            ExitCode::Ok
        }
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for stream in &self.run.streams {
            self.write_stream(&mut text, stream);
        }
        if let Some(rate) = self.rate() {
            let _ = writeln!(text, "{rate}");
        }
        let InputStats { refused, skipped, last_read, .. } = self.run.input;
        if refused > 0 {
            let _ = writeln!(text, "{} of the input could not be put", counted(refused, "record"));
        }
        if skipped > 0 {
            let records = counted(skipped, "record");
            let _ = writeln!(text, "{records} of the input skipped: an earlier run delivered them");
        }
        if self.is_interrupted {
            text.push_str("Interrupted. ");
        }
        if !self.run.input.read_to_end {
            let _ = writeln!(text, "The input was read up to record {last_read}.");
        } else if self.is_interrupted {
            text.push_str("The input was read to its end.\n");
        }
        if let Some(positions) = &self.positions {
            write_positions(&mut text, positions);
        }
        text
    }

    /// Writes the summary as JSON.
    pub(super) fn write_json(&self, to: &mut dyn io::Write) -> io::Result<()> {
        write_json_summary(to, self.code(), RunSummary::from(&self.run))
    }

    /// Returns the rate of the run, unless the run was too short.
    fn rate(&self) -> Option<String> {
        let elapsed = self.run.input.elapsed();
        let stats = &self.run.streams.first().filter(|_| elapsed > Self::SHORTEST_RATED)?.stats;
        let seconds = elapsed.as_secs_f64();
        let function_time = self.run.function_time();
        let mut rate = format!(
            "{} in {seconds:.1} s: {}/s, {:.0} records/s",
            DecimalBytes(stats.received_bytes),
            DecimalBytes((stats.received_bytes as f64 / seconds) as u64),
            stats.received as f64 / seconds,
        );
        if !function_time.is_zero() {
            let _ = write!(
                rate,
                "; sum of all invocation times: {:.1} s (they overlap)",
                function_time.as_secs_f64()
            );
        }
        Some(rate)
    }

    fn write_stream(&self, text: &mut String, stream: &StreamReport) {
        let stats = &stream.stats;
        let DeliveryStats { received, delivered, dropped, .. } = stats;
        let failed = stats.failed();
        let _ = write!(
            text,
            "{}: {} in = {delivered} delivered + {dropped} dropped + {failed} failed",
            stream.name,
            counted(*received, "record")
        );
        let not_delivered = stats.not_delivered();
        if not_delivered > 0 {
            let _ = write!(text, " + {not_delivered} NOT DELIVERED");
        }
        text.push('\n');
        if stats.undelivered.records() > 0 {
            let _ = write!(text, "  not delivered: records {} of the input", stats.undelivered);
            let unsure = match (self.run.is_abandoned, self.run.is_faulty()) {
                (true, _) => "; after the second signal, some of them may be in objects\n",
                (false, true) => "; after the error, some of them may be in objects\n",
                (false, false) => "\n",
            };
            text.push_str(unsure);
        }
        write_processors(text, stream);
        let RequestStats { count, attempts, bytes } = stats.requests;
        if count > 0 {
            let requests = counted(count, "request");
            let _ = write!(text, "  {}: {requests}, {bytes} bytes", stream.destination);
            if attempts > count {
                let _ = write!(text, ", {attempts} attempts");
            }
            text.push('\n');
        }
        let location = |key: &str| self.run.locate(key);
        write_objects(text, &stats.objects, location);
        for (code, count) in &stats.failed {
            let _ = writeln!(text, "  failed with {code}: {}", counted(*count, "record"));
        }
        if let Some(failures) = &stream.failures {
            write_causes(text, &failures.records);
            // Only a `ProcessingFailed` answer has a cause in the log. The error codes explain all
            // other failures.
            let has_cause =
                stats.failed.contains_key(DeliveryFailure::ProcessingFailed.error_code());
            let explains = failures.records.total() == 0 && has_cause;
            if explains && failures.exceptions.total() > 0 {
                write_exceptions(text, &failures.exceptions);
            } else if explains {
                text.push_str(
                    "    the function logged no cause; --log keeps the log of the function\n",
                );
            }
            write_failed_items(text, &failures.items);
        }
        write_invocations(text, &stats.invocations);
    }
}

/// Writes the processors of a delivery stream that has more than a function and a delimiter.
fn write_processors(text: &mut String, stream: &StreamReport) {
    let is_own = |name: &&str| !matches!(*name, "Lambda" | "AppendDelimiterToRecord");
    if !stream.processors.iter().any(is_own) {
        return;
    }
    let _ = write!(text, "  processors: {}", stream.processors.join(", "));
    if stream.stats.added > 0 {
        let _ = write!(text, "; {} added by splitting", counted(stream.stats.added, "record"));
    }
    text.push('\n');
}

/// Writes the result of `--positions`.
fn write_positions(text: &mut String, positions: &WrittenPositions) {
    let WrittenPositions { path, has_positions, has_failed } = positions;
    let path = escaped(&path.display().to_string(), 1024);
    let _ = match (has_failed, has_positions) {
        (true, _) => writeln!(text, "{path}: NOT WRITTEN, an earlier file is unchanged"),
        (false, true) => {
            writeln!(text, "{path}: the records that are left; --resume delivers them")
        }
        (false, false) => writeln!(text, "{path}: no records are left"),
    };
}
