use std::{io, path::PathBuf, str};

use bytes::Bytes;
use firehose_delivery::source::InputFormat;
use firehose_runtime::Timestamp;
use firehose_transforms::compression::{Compress, Compression};
use serde::Serialize;

use super::{command_error::CommandError, input_payloads::read_payloads};

/// The default log group of an envelope.
pub(super) const EXAMPLE_LOG_GROUP: &str = "/aws/lambda/example";

/// The default log stream of an envelope.
pub(super) const EXAMPLE_LOG_STREAM: &str = "example";

/// The default time of log events, 2026-01-01T00:00:00Z. A constant, so that equal inputs give equal
/// outputs.
pub(super) const EXAMPLE_TIME: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// The longest line of a log, in bytes: CloudWatch Logs accepts log events of 1 MiB.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>
const MAX_LOG_BYTES: usize = 1024 * 1024;

/// The source of log events in an envelope.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogSource<'a> {
    pub(super) log_group: &'a str,
    pub(super) log_stream: &'a str,
    /// The time of all log events.
    pub(super) time: Timestamp,
}

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

impl LogSource<'_> {
    /// The source with the default names and time.
    pub(super) const EXAMPLE: LogSource<'static> = LogSource {
        log_group: EXAMPLE_LOG_GROUP,
        log_stream: EXAMPLE_LOG_STREAM,
        time: EXAMPLE_TIME,
    };

    /// Returns a record whose log events have the lines of the input as messages, as a subscription
    /// of CloudWatch Logs sends it: JSON in gzip.
    ///
    /// # Errors
    ///
    /// If the input cannot be read, or if a line is too long or is not UTF-8.
    pub(super) fn record(&self, input: &[PathBuf]) -> Result<Bytes, CommandError> {
        // A compressed record is shorter than its lines, so the lines have a larger limit.
        let lines = read_payloads(input, InputFormat::Lines, MAX_LOG_BYTES)?;
        let envelope = self.envelope(&lines).map_err(CommandError::usage)?;
        let packed = Compress::new(Compression::Gzip).compress(envelope.as_bytes());
        let packing = |error: io::Error| CommandError::usage(format!("cannot compress: {error}"));
        Ok(packed.map_err(packing)?.into())
    }

    /// Returns the JSON of the record whose log events have these lines as messages.
    ///
    /// # Errors
    ///
    /// If a line is not UTF-8.
    pub(super) fn envelope(&self, lines: &[Bytes]) -> Result<String, String> {
        let timestamp = self.time.as_millisecond();
        let log_events = lines.iter().enumerate().map(|(index, line)| match str::from_utf8(line) {
            // Ids of log events have 56 digits.
            Ok(message) => {
                let id = format!("36937241926537110{index:039}");
                Ok(SampleLogEvent { id, timestamp, message })
            }
            Err(_) => Err(format!("line {} is not UTF-8; log events must be UTF-8", index + 1)),
        });
        let envelope = LogEnvelope {
            message_type: "DATA_MESSAGE",
            owner: "123456789012",
            log_group: self.log_group,
            log_stream: self.log_stream,
            subscription_filters: ["firehose-local"],
            log_events: log_events.collect::<Result<_, _>>()?,
        };
        serde_json::to_string(&envelope).map_err(|error| error.to_string())
    }
}
