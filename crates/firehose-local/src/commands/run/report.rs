use std::{fmt::Write, time::Duration};

use indicatif::DecimalBytes;
use serde::Serialize;

use super::super::cause_list::write_causes;
use crate::{
    exit_code::ExitCode,
    terminal::{counted, escaped},
};
use firehose_delivery::{
    delivery::{DeliveryStats, InputStats},
    run::{RunReport, RunSummary, StreamReport},
};

/// The report of the command: its text, its JSON and its exit code.
#[derive(Debug)]
pub(super) struct Report {
    run: RunReport,
    is_interrupted: bool,
}

/// The JSON summary.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonSummary {
    exit_code: u8,
    #[serde(flatten)]
    run: RunSummary,
}

impl Report {
    /// The shortest run whose rate is shown.
    const SHORTEST_RATED: Duration = Duration::from_secs(2);

    /// Objects of a delivery stream that the text names. The others are only counted.
    const SHOWN_OBJECTS: usize = 10;

    pub(super) fn new(run: RunReport, is_interrupted: bool) -> Self {
        Self { run, is_interrupted }
    }

    pub(super) fn code(&self) -> ExitCode {
        let Self { run, is_interrupted } = self;
        if *is_interrupted {
            ExitCode::Interrupted
        } else if run.is_faulty() {
            ExitCode::Faulty
        } else if run.any(|stats| stats.undelivered.records() > 0) {
            ExitCode::StoreFailed
        } else if run.input.error.is_some() || run.input.refused > 0 {
            ExitCode::BadUsage
        } else if run.any(|stats| stats.lost_batches > 0) {
            ExitCode::FunctionError
        } else if run.any(|stats| stats.contract_violations > 0) {
            ExitCode::ContractViolated
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
        let InputStats { refused, last_read, .. } = self.run.input;
        if refused > 0 {
            let _ = writeln!(text, "{} of the input could not be put", counted(refused, "record"));
        }
        if self.is_interrupted {
            text.push_str("Interrupted. ");
        }
        if !self.run.input.read_to_end {
            let _ = writeln!(text, "The input was read up to record {last_read}.");
        } else if self.is_interrupted {
            text.push_str("The input was read to its end.\n");
        }
        text
    }

    /// Returns the summary as JSON, with its keys in alphabetical order.
    pub(super) fn json(&self) -> String {
        let summary =
            JsonSummary { exit_code: self.code() as u8, run: RunSummary::from(&self.run) };
        // Numbers and text always have a JSON form.
        let summary = serde_json::to_value(summary).unwrap_or_default();
        format!("{summary:#}\n")
    }

    /// Returns the rate of the run, if it took long enough for one.
    fn rate(&self) -> Option<String> {
        let elapsed = self.run.input.elapsed();
        let stats = &self.run.streams.first().filter(|_| elapsed > Self::SHORTEST_RATED)?.stats;
        let seconds = elapsed.as_secs_f64();
        let invoked = self.run.function_time();
        let mut rate = format!(
            "{} in {seconds:.1} s: {}/s, {:.0} records/s",
            DecimalBytes(stats.received_bytes),
            DecimalBytes((stats.received_bytes as f64 / seconds) as u64),
            stats.received as f64 / seconds,
        );
        if !invoked.is_zero() {
            let _ = write!(rate, "; all invocations together took {:.1} s", invoked.as_secs_f64());
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
            let _ = writeln!(text, "  not delivered: records {} of the input", stats.undelivered);
        }
        self.write_objects(text, stats);
        for (code, count) in &stats.failed {
            let _ = writeln!(text, "  failed with {code}: {}", counted(*count, "record"));
        }
        if let Some(causes) = &stream.causes {
            write_causes(text, causes);
            if causes.by_frequency().is_empty() && failed > 0 {
                text.push_str("    the function logged no cause; --log keeps its log\n");
            }
        }
        if stats.function_errors > 0 {
            let _ = writeln!(
                text,
                "  {} of {} invocations were function errors",
                stats.function_errors, stats.invocations
            );
        }
        if stats.ignored_answers > 0 {
            let _ = writeln!(
                text,
                "  {} answers to records that were not sent, which Firehose ignores: their data is lost",
                stats.ignored_answers
            );
        }
    }

    fn write_objects(&self, text: &mut String, stats: &DeliveryStats) {
        for object in stats.objects.iter().take(Self::SHOWN_OBJECTS) {
            let key = escaped(&self.run.locate(&object.key), 1024);
            let _ = writeln!(
                text,
                "  {key}: {}, {} bytes",
                counted(object.records, "record"),
                object.bytes
            );
        }
        if stats.object_count > Self::SHOWN_OBJECTS as u64 {
            let more = stats.object_count - Self::SHOWN_OBJECTS as u64;
            let bytes = stats.object_bytes;
            let _ = writeln!(text, "  ... and {more} more objects, {bytes} bytes in all");
        }
    }
}
