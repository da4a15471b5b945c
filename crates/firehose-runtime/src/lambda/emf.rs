//! The line of an invocation in CloudWatch's embedded metric format:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.

use std::{
    env,
    sync::OnceLock,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{
    Serialize, Serializer,
    ser::{Error, SerializeMap},
};
use serde_json::Value;
use tracing_subscriber::fmt::{format::Writer, time, time::FormatTime};

use super::metrics::Metrics;
use crate::{FailureKind, Report};

/// One line, without its end.
pub(super) fn line(
    metrics: &Metrics,
    report: &Report,
    invocation_id: &str,
) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&Line { metrics, values: &values(report), invocation_id })
}

struct Line<'a> {
    metrics: &'a Metrics,
    values: &'a [Metric],
    invocation_id: &'a str,
}

/// A metric of one invocation.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    name: &'static str,
    unit: &'static str,
    #[serde(skip)]
    value: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata<'a> {
    timestamp: u64,
    cloud_watch_metrics: [Directive<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive<'a> {
    namespace: &'a str,
    dimensions: [Vec<&'a str>; 1],
    metrics: &'a [Metric],
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { metrics, values, invocation_id } = self;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let dimensions = metrics.dimensions.iter().map(|(name, _)| name.as_str()).collect();
        let directive =
            Directive { namespace: &metrics.namespace, dimensions: [dimensions], metrics: values };
        let metadata = Metadata {
            timestamp: u64::try_from(now.as_millis()).map_err(S::Error::custom)?,
            cloud_watch_metrics: [directive],
        };
        let mut line = serializer.serialize_map(None)?;
        line.serialize_entry("_aws", &metadata)?;
        for (name, value) in &metrics.dimensions {
            line.serialize_entry(name, value)?;
        }
        // With the log format JSON, Lambda takes a line that has not both for one at INFO.
        line.serialize_entry("level", level())?;
        line.serialize_entry("timestamp", &timestamp())?;
        line.serialize_entry("invocation_id", invocation_id)?;
        for Metric { name, value, .. } in *values {
            line.serialize_entry(name, value)?;
        }
        line.end()
    }
}

/// Whether the line has a field of this name, of which a dimension would be a second one.
pub(super) fn is_taken(name: &str) -> bool {
    const FIELDS: [&str; 4] = ["_aws", "level", "timestamp", "invocation_id"];
    const METRICS: [&str; 16] = [
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
        failed(FailureKind::BadPayload),
        failed(FailureKind::Error),
        failed(FailureKind::Panic),
        failed(FailureKind::ResponseBudget),
        failed(FailureKind::Deadline),
    ];
    FIELDS.contains(&name) || METRICS.contains(&name)
}

const RECORDS: &str = "Records";
const OK: &str = "Ok";
const DROPPED: &str = "Dropped";
const PUT_BACK: &str = "PutBack";
const PROCESSING_FAILED: &str = "ProcessingFailed";
const BYTES_IN: &str = "BytesIn";
const BYTES_OUT: &str = "BytesOut";
const EXPANSION: &str = "Expansion";
const RESPONSE_BUDGET_USED: &str = "ResponseBudgetUsed";
const DURATION: &str = "Duration";
const WITHOUT_ID: &str = "WithoutRecordId";

const fn failed(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::BadPayload => "FailedBadPayload",
        FailureKind::Error => "FailedError",
        FailureKind::Panic => "FailedPanic",
        FailureKind::ResponseBudget => "FailedResponseBudget",
        FailureKind::Deadline => "FailedDeadline",
    }
}

/// The metrics that there are something to say of: each of them costs money by the hour.
fn values(report: &Report) -> Vec<Metric> {
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
    // What was not given or written as text has no length.
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

/// To three places: more of them are noise.
fn rounded(value: f64) -> Value {
    ((value * 1000.0).round() / 1000.0).into()
}

/// `INFO`, or else the level of the function's logs if that is a more severe one: Lambda would
/// keep back a line below it.
fn level() -> &'static str {
    static LEVEL: OnceLock<&str> = OnceLock::new();
    LEVEL.get_or_init(|| of_function(env::var("AWS_LAMBDA_LOG_LEVEL").unwrap_or_default().trim()))
}

fn of_function(level: &str) -> &'static str {
    let severe = ["WARN", "ERROR", "FATAL"];
    severe.into_iter().find(|severe| severe.eq_ignore_ascii_case(level)).unwrap_or("INFO")
}

/// As in all other lines of the log.
fn timestamp() -> String {
    let mut timestamp = String::new();
    let written = time::SystemTime.format_time(&mut Writer::new(&mut timestamp));
    written.map(|()| timestamp).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_is_one_that_lambda_lets_through() {
        for (of_logs, expected) in [
            ("", "INFO"),
            ("TRACE", "INFO"),
            ("INFO", "INFO"),
            ("warn", "WARN"),
            ("ERROR", "ERROR"),
            ("FATAL", "FATAL"),
        ] {
            assert_eq!(of_function(of_logs), expected, "{of_logs}");
        }
    }
}
