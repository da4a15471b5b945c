//! Answers of a handler in the form of `expected.json`.

use std::str;

use base64::{Engine, engine::general_purpose::STANDARD};
use firehose_runtime::{
    Answer, Event, Handler, Transform,
    contract::{self, RecordAnswer, Response, Violation},
};
use serde_json::value::RawValue;

use crate::expected::{Expected, ExpectedIceberg, ExpectedRecord};

/// Runs the handler on an event. Fails if the response breaks the contract, or if its answers are
/// not in the order of the event.
pub(crate) async fn run_handler<T: Transform>(
    handler: &Handler<T>,
    event: String,
) -> Result<Expected, String> {
    let nothing = Expected { sources: Vec::new(), records: None, invocation_error: None };
    let answer = match handler.answer(event.clone()).await {
        Ok(answer) => answer,
        Err(error) => {
            return Ok(Expected { invocation_error: Some(error.to_string()), ..nothing });
        }
    };
    let event = Event::parse(event.as_bytes()).map_err(|error| error.to_string())?;
    check_contract(&event, &answer.response)?;
    let records = expected_records(&event, &answer).map_err(|violation| violation.to_string())?;
    Ok(Expected { records: Some(records), ..nothing })
}

/// Checks the contract, and the order of the answers. Firehose does not require the order.
fn check_contract(event: &Event<'_>, response: &[u8]) -> Result<(), String> {
    let violations = contract::check(event, response);
    if !violations.is_empty() {
        let violations: Vec<_> = violations.iter().map(ToString::to_string).collect();
        return Err(format!("the response breaks the contract:\n{}", violations.join("\n")));
    }
    let response = Response::parse(response).map_err(|violation| violation.to_string())?;
    let asked = event.records.iter().map(|record| Some(record.record_id()));
    if !asked.eq(response.records().map(|answer| answer.record_id())) {
        return Err("the answers are not in the order of the event".to_owned());
    }
    Ok(())
}

/// Returns the answers to an event in the form of `expected.json`.
fn expected_records(event: &Event<'_>, answer: &Answer) -> Result<Vec<ExpectedRecord>, Violation> {
    // Failures are in the order of the answers, so the next failure belongs to the next failed
    // answer.
    let mut failures = answer.report.failures.iter();
    let response = Response::parse(&answer.response)?;
    let answers = event.records.iter().zip(response.records()).enumerate();
    answers
        .map(|(index, (asked, answered))| {
            let mut record = ExpectedRecord {
                record_id: Some(asked.record_id().into_owned()),
                result: answered.result().unwrap_or_default().into_owned(),
                ..ExpectedRecord::default()
            };
            match answered.answer(index, event.payload_field(asked))? {
                RecordAnswer::Ok { data, metadata } => {
                    record.set_payload(&data);
                    record.partition_keys = metadata.partition_keys()?;
                    record.iceberg = metadata.iceberg_routing()?.map(|it| ExpectedIceberg {
                        database: it.database().to_owned(),
                        table: it.table().to_owned(),
                        operation: it.operation().map(|operation| operation.as_str().to_owned()),
                    });
                }
                RecordAnswer::Dropped => {}
                RecordAnswer::ProcessingFailed => {
                    record.cause = failures.next().map(|failure| failure.cause.clone());
                }
            }
            Ok(record)
        })
        .collect()
}

impl ExpectedRecord {
    /// Stores a payload in its most readable form: JSON, or else text, or else base64.
    pub(crate) fn set_payload(&mut self, payload: &[u8]) {
        (self.json, self.text, self.base64) = (None, None, None);
        let Ok(text) = str::from_utf8(payload) else {
            self.base64 = Some(STANDARD.encode(payload));
            return;
        };
        // White space around JSON is part of the payload, but invisible in the field `json`.
        match RawValue::from_string(text.to_owned()) {
            Ok(json) if text.trim_ascii() == text => self.json = Some(json),
            Ok(_) | Err(_) => self.text = Some(text.to_owned()),
        }
    }

    /// Returns the bytes of the payload in any of its forms.
    pub(crate) fn payload(&self) -> Option<Vec<u8>> {
        let json = self.json.as_ref().map(|json| json.get().as_bytes().to_vec());
        let text = || self.text.as_ref().map(|text| text.as_bytes().to_vec());
        let base64 = || STANDARD.decode(self.base64.as_ref()?).ok();
        json.or_else(text).or_else(base64)
    }
}
