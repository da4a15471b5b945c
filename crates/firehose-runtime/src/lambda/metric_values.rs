use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use crate::{failure::FailureKind, report::Report};

/// A metric of one invocation.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Metric {
    pub(super) name: &'static str,
    unit: &'static str,
    #[serde(skip)]
    pub(super) value: Value,
}

const RECORDS: &str = "Records";
const OK: &str = "Ok";
const DROPPED: &str = "Dropped";
const PUT_BACK: &str = "PutBack";
const ITEMS_FAILED: &str = "ItemsFailed";
const PROCESSING_FAILED: &str = "ProcessingFailed";
const BYTES_IN: &str = "BytesIn";
const BYTES_OUT: &str = "BytesOut";
const EXPANSION: &str = "Expansion";
const RESPONSE_BUDGET_USED: &str = "ResponseBudgetUsed";
const DURATION: &str = "Duration";
const WITHOUT_ID: &str = "WithoutRecordId";

const NAMES: [&str; 17] = [
    RECORDS,
    OK,
    DROPPED,
    PROCESSING_FAILED,
    BYTES_IN,
    BYTES_OUT,
    EXPANSION,
    RESPONSE_BUDGET_USED,
    DURATION,
    WITHOUT_ID,
    PUT_BACK,
    ITEMS_FAILED,
    failed(FailureKind::BadPayload),
    failed(FailureKind::Error),
    failed(FailureKind::Panic),
    failed(FailureKind::ResponseBudget),
    failed(FailureKind::Deadline),
];

const fn failed(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::BadPayload => "FailedBadPayload",
        FailureKind::Error => "FailedError",
        FailureKind::Panic => "FailedPanic",
        FailureKind::ResponseBudget => "FailedResponseBudget",
        FailureKind::Deadline => "FailedDeadline",
    }
}

/// Returns `true` for the name of a metric.
pub(super) fn is_metric(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Returns the metrics of an invocation.
///
/// A metric of rare cases, such as `PutBack`, is left out if it is 0, because CloudWatch bills each
/// metric by the hour.
pub(super) fn metric_values(report: &Report) -> Vec<Metric> {
    let count = |name, value: usize| Metric { name, unit: "Count", value: value.into() };
    let bytes = |name, value: usize| Metric { name, unit: "Bytes", value: value.into() };
    let mut metrics = vec![
        count(RECORDS, report.records),
        count(OK, report.ok),
        count(DROPPED, report.dropped),
        count(PROCESSING_FAILED, report.failures.len()),
        bytes(BYTES_IN, report.bytes_in),
        bytes(BYTES_OUT, report.bytes_out),
    ];
    // An event or a response that was not text has no length.
    if report.event_bytes > 0 {
        let value = ratio(report.response_bytes, report.event_bytes, 1.0);
        metrics.push(Metric { name: EXPANSION, unit: "None", value });
    }
    if report.response_budget > 0 {
        let value = ratio(report.response_bytes, report.response_budget, 100.0);
        metrics.push(Metric { name: RESPONSE_BUDGET_USED, unit: "Percent", value });
    }
    if report.duration > Duration::ZERO {
        let value = rounded(report.duration.as_secs_f64() * 1000.0);
        metrics.push(Metric { name: DURATION, unit: "Milliseconds", value });
    }
    if report.put_back > 0 {
        metrics.push(count(PUT_BACK, report.put_back));
    }
    if report.items_failed > 0 {
        let value = report.items_failed.into();
        metrics.push(Metric { name: ITEMS_FAILED, unit: "Count", value });
    }
    if report.without_id > 0 {
        metrics.push(count(WITHOUT_ID, report.without_id));
    }
    let mut by_kind: Vec<(FailureKind, usize)> = Vec::new();
    for failure in &report.failures {
        match by_kind.iter_mut().find(|(kind, _)| *kind == failure.kind) {
            Some((_, records)) => *records += 1,
            None => by_kind.push((failure.kind, 1)),
        }
    }
    metrics.extend(by_kind.into_iter().map(|(kind, records)| count(failed(kind), records)));
    metrics
}

#[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
fn ratio(part: usize, whole: usize, factor: f64) -> Value {
    rounded(part as f64 / whole as f64 * factor)
}

/// Rounds to three places. Further places are noise.
fn rounded(value: f64) -> Value {
    ((value * 1000.0).round() / 1000.0).into()
}
