use std::{fmt::Write, path::Path};

use firehose_runtime::{
    Event,
    base64_codec::decode_base64,
    contract::{Response, ResponseRecord},
};

use super::{
    super::command_error::CommandError,
    decoded_record::{Content, DecodedRecord},
    expected_records::expected_records,
};
use firehose_delivery::source::{MAX_WHOLE_FILE_BYTES, read_whole_text};

/// Reads the records of an event, of a response, or of the `expected.json` of a fixture case.
pub(super) fn decoded_records(path: &Path) -> Result<Vec<DecodedRecord>, CommandError> {
    let text = read_whole_text(path, MAX_WHOLE_FILE_BYTES)
        .map_err(|error| CommandError::usage(error.to_string()))?;
    if let Some(records) = expected_records(&text) {
        return Ok(records);
    }
    if let Ok(response) = Response::parse(text.as_bytes())
        && response.records().any(|record| record.result().is_some())
    {
        return Ok(response.records().map(|record| decoded_answer(&record)).collect());
    }
    let event = Event::parse(text.as_bytes()).map_err(|error| {
        let file = match path == Path::new("-") {
            true => "standard input".to_owned(),
            false => path.display().to_string(),
        };
        CommandError::usage(format!("{file}: neither a response nor an event: {error}"))
    })?;
    let records = event.records.iter().map(|record| match record.payload() {
        Ok(data) => DecodedRecord::new(record.record_id(), data),
        Err(error) => DecodedRecord {
            record_id: record.record_id().into_owned(),
            result: None,
            unpacked: Vec::new(),
            content: Content::Error(error.to_string()),
        },
    });
    Ok(records.collect())
}

fn decoded_answer(record: &ResponseRecord<'_>) -> DecodedRecord {
    let id = record.record_id().unwrap_or_default();
    let with_content = |content| DecodedRecord {
        record_id: id.clone().into_owned(),
        result: None,
        unpacked: Vec::new(),
        content,
    };
    let decoded = match record.payload() {
        None => with_content(Content::Missing(())),
        Some(text) => match decode_base64(text.as_bytes()) {
            Ok(data) => DecodedRecord::new(id.clone(), data),
            Err(error) => {
                with_content(Content::Error(format!("the payload is not base64: {error}")))
            }
        },
    };
    DecodedRecord { result: record.result().map(Into::into), ..decoded }
}

/// Returns the records as text: for each record, a heading and the lines of its payload.
pub(super) fn readable(records: &[DecodedRecord]) -> String {
    let mut text = String::new();
    for (index, record) in records.iter().enumerate() {
        let mut heading = vec![format!("record {}", index + 1)];
        // The id is optional in an `expected.json`.
        heading.extend(Some(record.record_id.clone()).filter(|id| !id.is_empty()));
        heading.extend(record.result.clone());
        heading.extend(record.unpacked.iter().map(ToString::to_string));
        let lines = match &record.content {
            Content::LogEvents(events) => {
                let events: Vec<_> = events.iter().map(|event| event.get()).collect();
                events.join("\n")
            }
            Content::Json(json) => json.get().to_owned(),
            Content::Text(text) => text.clone(),
            Content::Base64(base64) => {
                heading.push("base64".to_owned());
                base64.clone()
            }
            Content::Error(reason) => {
                heading.push(reason.clone());
                String::new()
            }
            Content::Missing(()) => String::new(),
        };
        // Writing to memory does not fail.
        let _ = writeln!(text, "==> {} <==", heading.join(", "));
        text.push_str(&lines);
        if !lines.is_empty() && !lines.ends_with('\n') {
            text.push('\n');
        }
    }
    text
}
