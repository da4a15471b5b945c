use std::str;

use bytes::Bytes;
use firehose_runtime::{Record, Split};
use firehose_transforms::cloudwatch_logs::CloudWatchLogs;
use serde_json::value::RawValue;

/// Returns the log events of an envelope of CloudWatch Logs as JSON. Messages that are JSON objects
/// or arrays are JSON in them. Returns `None` for other data, and for control messages, which have
/// no log events to show.
pub(super) fn log_events(data: &Bytes) -> Option<Vec<Box<RawValue>>> {
    let text = str::from_utf8(data).ok()?;
    if !text.trim_ascii_start().starts_with('{') || !text.contains("\"messageType\"") {
        return None;
    }
    let splitter = CloudWatchLogs::events().with_json_messages();
    let events = splitter.split(Record::new("", data.clone())).map(|event| {
        let event = event.ok()?;
        RawValue::from_string(event.text().ok()?.to_owned()).ok()
    });
    events.collect::<Option<Vec<_>>>().filter(|events| !events.is_empty())
}
