use std::fmt::Write;

use serde_json::{Value, json};

use super::{super::cause_list::write_causes, Replay};
use crate::{
    exit_code::ExitCode,
    terminal::{counted, escaped},
};
use firehose_delivery::{
    function::CauseCounts,
    replay::{RemainingCounts, RemainingFormat, ReplayCounts, ReplayStats},
};

/// What became of every line, for people and for programs.
#[derive(Debug)]
pub(super) struct Report<'a> {
    replay: &'a Replay,
    account: ReplayStats,
    /// Without, the function's log is elsewhere.
    causes: Option<CauseCounts>,
    code: ExitCode,
}

impl<'a> Report<'a> {
    /// Objects and error codes beyond these are only counted.
    const SHOWN: usize = 10;

    pub(super) fn new(
        replay: &'a Replay,
        mut account: ReplayStats,
        causes: Option<CauseCounts>,
        interrupted: bool,
    ) -> Self {
        account.objects.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        let is_incomplete = account.unreadable > 0 || account.gaps > 0 || account.rest_failed;
        let code = if interrupted {
            ExitCode::Interrupted
        } else if account.store_failed {
            ExitCode::StoreFailed
        } else if is_incomplete {
            ExitCode::BadUsage
        } else if account.lost_batches > 0 {
            ExitCode::FunctionError
        } else if account.contract_violations > 0 {
            ExitCode::ContractViolated
        } else if account.total().failing + account.not_replayed() > 0 {
            ExitCode::FailuresFound
        } else {
            ExitCode::Ok
        };
        Self { replay, account, causes, code }
    }

    pub(super) fn code(&self) -> ExitCode {
        self.code
    }

    pub(super) fn text(&self) -> String {
        // Writing to memory does not fail.
        let mut text = String::new();
        let account = &self.account;
        let ReplayCounts { recovered, dropped, failing } = account.total();
        let recovers = if self.replay.recovered.to.is_some() { "recovered" } else { "pass now" };
        let _ = write!(
            text,
            "{} in = {recovered} {recovers} + {dropped} dropped + {failing} still failing + {} \
             unreadable",
            counted(account.lines, "line"),
            account.unreadable,
        );
        match account.not_replayed() {
            0 => text.push('\n'),
            more => {
                let _ = writeln!(text, " + {more} NOT REPLAYED");
            }
        }
        self.write_reading(&mut text);
        self.write_before(&mut text, recovers);
        self.write_failing(&mut text);
        self.write_written(&mut text);
        text
    }

    /// What is to be said of the input.
    fn write_reading(&self, text: &mut String) {
        let account = &self.account;
        if account.gaps > 0 {
            let places = counted(account.gaps, "place");
            let _ = writeln!(text, "  {places} could not be read: what is there is not counted");
        }
        match &account.last {
            _ if account.read_to_end && account.lines == 0 => {
                text.push_str("  there are no lines in these objects\n");
            }
            _ if account.read_to_end => {}
            Some((object, number)) => {
                let object = escaped(object, 1024);
                let _ = writeln!(text, "  read up to {object}:{number}, and no further");
            }
            None => text.push_str("  nothing was read\n"),
        }
    }

    /// Which kinds of failures are mended.
    fn write_before(&self, text: &mut String, recovers: &str) {
        let mut before: Vec<_> = self.account.before.iter().collect();
        before.sort_by_key(|(_, tally)| {
            std::cmp::Reverse(tally.recovered + tally.dropped + tally.failing)
        });
        for (code, ReplayCounts { recovered, dropped, failing }) in before.iter().take(Self::SHOWN)
        {
            let all = counted(recovered + dropped + failing, "record");
            let code = escaped(code, 200);
            let parts = [(recovered, recovers), (dropped, "dropped"), (failing, "still failing")];
            let parts: Vec<_> = parts
                .iter()
                .filter(|(count, _)| **count > 0)
                .map(|(count, what)| format!("{count} {what}"))
                .collect();
            let _ = writeln!(text, "  had failed with {code}: {all}, {}", parts.join(", "));
        }
        if let Some(more) = before.len().checked_sub(Self::SHOWN).filter(|more| *more > 0) {
            let _ = writeln!(text, "  ... and with {more} other error codes");
        }
    }

    /// Why records fail now.
    fn write_failing(&self, text: &mut String) {
        let account = &self.account;
        for (code, count) in &account.failing {
            let _ = writeln!(text, "  fails with {code}: {}", counted(*count, "record"));
        }
        match &self.causes {
            Some(causes) => write_causes(text, causes),
            None if !account.failing.is_empty() => {
                text.push_str("    the causes are in the log of the function\n");
            }
            None => {}
        }
        if account.function_errors > 0 {
            let (errors, all) = (account.function_errors, account.invocations);
            let _ = writeln!(text, "  {errors} of {all} invocations were function errors");
        }
        if account.ignored_answers > 0 {
            let _ = writeln!(
                text,
                "  {} to records that were not sent, which Firehose ignores: their data is lost",
                counted(account.ignored_answers, "answer")
            );
        }
    }

    /// Where it is now.
    fn write_written(&self, text: &mut String) {
        let account = &self.account;
        for object in account.objects.iter().take(Self::SHOWN) {
            let (key, records) = (escaped(&object.key, 1024), counted(object.records, "record"));
            let _ = writeln!(text, "  {key}: {records}, {} bytes", object.bytes);
        }
        if account.object_count > Self::SHOWN as u64 {
            let more = account.object_count - Self::SHOWN as u64;
            let bytes = account.object_bytes;
            let _ = writeln!(text, "  ... and {more} more objects, {bytes} bytes in all");
        }
        if let Some(rest) = &self.replay.rest.rest {
            self.write_rest(text, &escaped(&rest.display().to_string(), 1024));
        }
        if self.replay.recovered.to.is_none() && account.total().recovered > 0 {
            text.push_str("  this was a trial, nothing is recovered yet: --to says where to\n");
        }
    }

    fn write_rest(&self, text: &mut String, file: &str) {
        let Some(RemainingCounts { written, left_out }) = self.account.rest else {
            let _ = writeln!(text, "  {file}: NO REST WRITTEN, what was there before is as it was");
            return;
        };
        let what = match RemainingFormat::from(self.replay.rest.rest_as) {
            RemainingFormat::ErrorLines => "line",
            RemainingFormat::Lines | RemainingFormat::Event => "record",
        };
        let _ = writeln!(text, "  {file}: the rest, {}", counted(written, what));
        if left_out > 0 {
            let why = match RemainingFormat::from(self.replay.rest.rest_as) {
                RemainingFormat::ErrorLines => "",
                RemainingFormat::Lines => ": they have newlines in them",
                RemainingFormat::Event => ": Lambda takes no event of more than 6 MiB",
            };
            let _ = writeln!(
                text,
                "  {} NOT IN THE REST{why}; --rest-as error-lines takes all",
                counted(left_out, "record")
            );
        }
    }

    pub(super) fn json(&self) -> String {
        let account = &self.account;
        let ReplayCounts { recovered, dropped, failing } = account.total();
        let before = account.before.iter().map(|(code, tally)| (code.to_string(), of(*tally)));
        let objects: Vec<_> = account
            .objects
            .iter()
            .map(|it| json!({"key": it.key, "records": it.records, "bytes": it.bytes}))
            .collect();
        let causes: Option<Vec<_>> = self.causes.as_ref().map(|causes| {
            let causes = causes.by_frequency().into_iter();
            causes.map(|(cause, count)| json!({"cause": cause, "records": count})).collect()
        });
        let last = account.last.as_ref();
        let rest = self.replay.rest.rest.as_ref();
        let report = json!({
            "exitCode": self.code as u8,
            "seconds": account.elapsed.as_secs_f64(),
            "isTrial": self.replay.recovered.to.is_none(),
            "lines": account.lines,
            "recovered": recovered,
            "dropped": dropped,
            "stillFailing": failing,
            "unreadable": account.unreadable,
            "notReplayed": account.not_replayed(),
            "placesNotRead": account.gaps,
            "readToEnd": account.read_to_end,
            "lastRead": last.map(|(object, line)| json!({"object": **object, "line": line})),
            "before": before.collect::<serde_json::Map<_, _>>(),
            "failingByCode": account.failing,
            "causes": causes,
            "objects": objects,
            "objectCount": account.object_count,
            "objectBytes": account.object_bytes,
            "rest": rest.map(|path| json!({
                "file": path.to_string_lossy(),
                "written": account.rest.map(|rest| rest.written),
                "leftOut": account.rest.map(|rest| rest.left_out),
            })),
            "invocations": account.invocations,
            "functionErrors": account.function_errors,
            "functionMilliseconds":
                u64::try_from(account.function_time.as_millis()).unwrap_or(u64::MAX),
            "ignoredAnswers": account.ignored_answers,
        });
        format!("{report:#}\n")
    }
}

fn of(ReplayCounts { recovered, dropped, failing }: ReplayCounts) -> Value {
    json!({"recovered": recovered, "dropped": dropped, "stillFailing": failing})
}
