use std::str;

use bytes::Bytes;
use serde::Serialize;

use super::arguments::MakeEvent;

/// The data that a subscription of CloudWatch Logs sends, in the order of its fields. See
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogEnvelope<'a> {
    message_type: &'a str,
    owner: &'a str,
    log_group: &'a str,
    log_stream: &'a str,
    subscription_filters: [&'a str; 1],
    log_events: Vec<SampleLogEvent<'a>>,
}

#[derive(Serialize)]
struct SampleLogEvent<'a> {
    id: String,
    timestamp: i64,
    message: &'a str,
}

/// Returns the envelope whose log events have the lines as messages.
///
/// # Errors
///
/// If a line is not UTF-8.
pub(super) fn log_envelope(args: &MakeEvent, lines: &[Bytes]) -> Result<String, String> {
    let timestamp = args.arrival_time.as_millisecond();
    let log_events = lines.iter().enumerate().map(|(index, line)| match str::from_utf8(line) {
        // Ids of log events have 56 digits.
        Ok(message) => {
            Ok(SampleLogEvent { id: format!("36937241926537110{index:039}"), timestamp, message })
        }
        Err(_) => Err(format!("line {} is not UTF-8; log events must be UTF-8", index + 1)),
    });
    let envelope = LogEnvelope {
        message_type: "DATA_MESSAGE",
        owner: "123456789012",
        log_group: &args.log_group,
        log_stream: &args.log_stream,
        subscription_filters: ["firehose-local"],
        log_events: log_events.collect::<Result<_, _>>()?,
    };
    serde_json::to_string(&envelope).map_err(|error| error.to_string())
}
