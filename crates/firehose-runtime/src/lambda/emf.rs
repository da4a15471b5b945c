//! The log line of an invocation in CloudWatch's
//! [embedded metric format](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).

use std::{
    env,
    sync::OnceLock,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{
    Serialize, Serializer,
    ser::{Error, SerializeMap},
};
use tracing_subscriber::fmt::{format::Writer, time, time::FormatTime};

use super::metric_values::{Metric, is_metric, metric_values};
use crate::report::Report;

/// The line of one invocation.
pub(super) struct EmfLine<'a> {
    pub(super) namespace: &'a str,
    pub(super) dimensions: &'a [(String, String)],
    pub(super) report: &'a Report,
    pub(super) invocation_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EmfMetadata<'a> {
    timestamp: u64,
    cloud_watch_metrics: [MetricDirective<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MetricDirective<'a> {
    namespace: &'a str,
    dimensions: [Vec<&'a str>; 1],
    metrics: &'a [Metric],
}

impl Serialize for EmfLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values = metric_values(self.report);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let names = self.dimensions.iter().map(|(name, _)| name.as_str()).collect();
        let directive =
            MetricDirective { namespace: self.namespace, dimensions: [names], metrics: &values };
        let metadata = EmfMetadata {
            timestamp: u64::try_from(now.as_millis()).map_err(S::Error::custom)?,
            cloud_watch_metrics: [directive],
        };
        let mut line = serializer.serialize_map(None)?;
        line.serialize_entry("_aws", &metadata)?;
        for (name, value) in self.dimensions {
            line.serialize_entry(name, value)?;
        }
        // With the log format JSON, Lambda treats a line as INFO if one of these fields is missing.
        line.serialize_entry("level", level())?;
        line.serialize_entry("timestamp", &timestamp())?;
        line.serialize_entry("invocation_id", self.invocation_id)?;
        for Metric { name, value, .. } in &values {
            line.serialize_entry(name, value)?;
        }
        line.end()
    }
}

/// Returns `true` if the line has a field with this name, so that no dimension may have the name.
pub(super) fn is_field(name: &str) -> bool {
    ["_aws", "level", "timestamp", "invocation_id"].contains(&name) || is_metric(name)
}

/// Returns `INFO`, or the level of the function's logs if that is more severe. Lambda drops a line
/// below the level of the logs.
fn level() -> &'static str {
    static LEVEL: OnceLock<&str> = OnceLock::new();
    LEVEL.get_or_init(|| visible_level(env::var("AWS_LAMBDA_LOG_LEVEL").unwrap_or_default().trim()))
}

fn visible_level(log_level: &str) -> &'static str {
    let severe = ["WARN", "ERROR", "FATAL"];
    severe.into_iter().find(|severe| severe.eq_ignore_ascii_case(log_level)).unwrap_or("INFO")
}

/// Returns the time in the format of all other lines of the log.
fn timestamp() -> String {
    let mut timestamp = String::new();
    let written = time::SystemTime.format_time(&mut Writer::new(&mut timestamp));
    written.map(|()| timestamp).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lambda_never_drops_the_level_of_the_line() {
        for (log_level, expected) in [
            ("", "INFO"),
            ("TRACE", "INFO"),
            ("INFO", "INFO"),
            ("warn", "WARN"),
            ("ERROR", "ERROR"),
            ("FATAL", "FATAL"),
        ] {
            assert_eq!(visible_level(log_level), expected, "{log_level}");
        }
    }
}
