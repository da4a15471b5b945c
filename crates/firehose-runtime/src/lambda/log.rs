use std::{env, str::FromStr};

use tracing::{Level, error, info, warn};
use tracing_subscriber::fmt::time::SystemTime;

use crate::{Report, failure::shortened};

/// Ids are opaque and of any length; a line of the log is not.
const MAX_ID_BYTES: usize = 256;

/// Logs to standard output: JSON lines if Lambda's log format is JSON, text otherwise; at
/// the level of `AWS_LAMBDA_LOG_LEVEL` or `RUST_LOG`, by default `INFO`.
///
/// A subscriber that is there already stays.
pub(crate) fn init() {
    let level = ["AWS_LAMBDA_LOG_LEVEL", "RUST_LOG"]
        .iter()
        .find_map(|name| Level::from_str(env::var(name).ok()?.trim()).ok())
        .unwrap_or(Level::INFO);
    let json = env::var("AWS_LAMBDA_LOG_FORMAT").is_ok_and(|it| it.eq_ignore_ascii_case("json"));
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_target(false)
        .with_ansi(false)
        .with_timer(SystemTime);
    // The error says that there is a subscriber already, which is as well.
    let _ = if json {
        tracing::subscriber::set_global_default(subscriber.json().with_span_list(false).finish())
    } else {
        tracing::subscriber::set_global_default(subscriber.finish())
    };
}

/// Logs one line for each record that needs one, and a summary.
pub(crate) fn report(report: &Report, request_id: &str) {
    let invocation_id = match report.invocation_id.as_str() {
        "" => request_id,
        id => id,
    };
    let invocation_id = shortened(invocation_id, MAX_ID_BYTES);
    let invocation_id = invocation_id.as_str();
    for failure in &report.failures {
        let record_id = shortened(&failure.record_id, MAX_ID_BYTES);
        warn!(
            invocation_id,
            record_id,
            kind = failure.kind.as_str(),
            cause = failure.cause,
            "record failed"
        );
    }
    for record_id in &report.repeated_ids {
        warn!(
            invocation_id,
            record_id, "record id stands in the event more than once"
        );
    }
    if report.without_id > 0 {
        error!(
            invocation_id,
            records = report.without_id,
            "records have no recordId and cannot be answered; Firehose will fail them"
        );
    }
    info!(
        invocation_id,
        records = report.records,
        ok = report.ok,
        dropped = report.dropped,
        failed = report.failures.len(),
        bytes_in = report.bytes_in,
        bytes_out = report.bytes_out,
        "event answered"
    );
}
