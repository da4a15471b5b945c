use std::collections::BTreeMap;

use serde::Serialize;

use super::{replay_counts::ReplayCounts, replay_report::ReplayReport};
use crate::{
    objects::DeliveredObject,
    run::{CauseSummary, FailedItemsSummary},
};

/// A [`ReplayReport`] in the form of the JSON summary.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplaySummary {
    /// Records that a processor of the delivery stream added, because it split records.
    pub added_records: u64,
    /// The records by the error code of their error line.
    pub before: BTreeMap<String, ReplayCounts>,
    /// The causes of failed records; `None` if the replay does not have the log of the function.
    pub causes: Option<Vec<CauseSummary>>,
    /// Recovered records that were delivered unchanged, because they failed after the function.
    pub delivered_unchanged: u64,
    /// Records that the function dropped.
    pub dropped: u64,
    /// The failed items of records that did not fail; `None` if the replay does not have the log of the
    /// function.
    pub failed_items: Option<FailedItemsSummary>,
    /// Records that still fail, by error code.
    pub failing_by_code: BTreeMap<&'static str, u64>,
    /// The first line whose `rawData` has an unknown content.
    pub first_undecided: Option<UndecidedSummary>,
    /// Invocations that ended in a function error.
    pub function_errors: u64,
    /// The sum of the times of all invocations, which overlap, in milliseconds.
    pub function_milliseconds: u64,
    /// Answers to records that the batch did not contain.
    pub ignored_answers: u64,
    /// Invocations, including retries.
    pub invocations: u64,
    /// `true` if the outputs of the function are not written.
    pub is_trial: bool,
    /// The last line that was read.
    pub last_read: Option<LastLine>,
    /// The number of lines that were read.
    pub lines: u64,
    /// Lines without a result.
    pub not_replayed: u64,
    /// The bytes of all objects in the store.
    pub object_bytes: u64,
    /// The number of all objects.
    pub object_count: u64,
    /// The first objects with recovered records, sorted by key.
    pub objects: Vec<DeliveredObject>,
    /// Failed records whose causes are not in `causes`, which has a limit; `None` if `causes` is
    /// `None`.
    pub other_causes: Option<u64>,
    /// Places where reading failed: a line, a whole object, or the rest of an object.
    pub places_not_read: u64,
    /// `true` if the input was read to its end.
    pub read_to_end: bool,
    /// Records that the function answered with `Ok`, or that failed after the function.
    pub recovered: u64,
    /// The file of the remaining records, if the replay writes this file.
    pub rest: Option<RemainingSummary>,
    /// The time from the first line to the last object, in seconds.
    pub seconds: f64,
    /// Records that fail in the replay too.
    pub still_failing: u64,
    /// Lines with an unknown content in the file of remaining records.
    pub undecided: u64,
    /// Lines that hold no failed record.
    pub unreadable: u64,
}

/// A line of an error object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LastLine {
    /// The name of the object in messages.
    pub object: String,
    /// The number of the line in the object, counted from 1.
    pub line: u64,
}

/// A line whose `rawData` may be an original record or an output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UndecidedSummary {
    /// The name of the object in messages.
    pub object: String,
    /// The number of the line in the object, counted from 1.
    pub line: u64,
    /// The reason why the content is unknown.
    pub reason: String,
}

/// The file of the remaining records. The counts are `None` if the file is not complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RemainingSummary {
    /// The path of the file.
    pub file: String,
    /// Records and lines in the file.
    pub written: Option<u64>,
    /// Records and lines that the format of the file cannot hold.
    pub left_out: Option<u64>,
    /// The records of `left_out` that are outputs of the function.
    pub left_out_outputs: Option<u64>,
}

impl From<&ReplayReport> for ReplaySummary {
    fn from(report: &ReplayReport) -> Self {
        let ReplayReport { stats, failures, is_trial, remaining_file } = report;
        let ReplayCounts { recovered, dropped, failing } = stats.total();
        let before = stats.before.iter().map(|(code, counts)| (code.to_string(), *counts));
        let last = stats.last.as_ref();
        Self {
            added_records: stats.added,
            before: before.collect(),
            causes: failures.as_ref().map(|it| CauseSummary::by_frequency(&it.records)),
            delivered_unchanged: stats.unchanged,
            dropped,
            failed_items: failures.as_ref().map(|it| FailedItemsSummary::from(&it.items)),
            failing_by_code: stats.failing.clone(),
            first_undecided: stats.undecided.as_ref().map(|it| UndecidedSummary {
                object: it.object.to_string(),
                line: it.line,
                reason: it.reason.to_string(),
            }),
            function_errors: stats.invocations.function_errors,
            function_milliseconds: stats.invocations.milliseconds(),
            ignored_answers: stats.invocations.ignored_answers,
            invocations: stats.invocations.count,
            is_trial: *is_trial,
            last_read: last
                .map(|(object, line)| LastLine { object: object.to_string(), line: *line }),
            lines: stats.lines,
            not_replayed: stats.not_replayed(),
            object_bytes: stats.objects.bytes,
            object_count: stats.objects.count,
            objects: stats.objects.first.clone(),
            other_causes: failures.as_ref().map(|it| it.records.others()),
            places_not_read: stats.gaps,
            read_to_end: stats.read_to_end,
            recovered,
            rest: remaining_file.as_ref().map(|path| RemainingSummary {
                file: path.to_string_lossy().into_owned(),
                written: stats.remaining.map(|counts| counts.written),
                left_out: stats.remaining.map(|counts| counts.left_out),
                left_out_outputs: stats.remaining.map(|counts| counts.left_out_outputs),
            }),
            seconds: stats.elapsed.as_secs_f64(),
            still_failing: failing,
            undecided: stats.undecided_lines,
            unreadable: stats.unreadable,
        }
    }
}
