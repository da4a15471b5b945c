//! Answers of a handler in the form of `expected.json`.

use std::{collections::BTreeMap, str};

use base64::{Engine, engine::general_purpose::STANDARD};
use firehose_runtime::{Answer, Event, EventRecord, Failure, Handler, Transform, contract};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::expected::{Expected, ExpectedIceberg, ExpectedRecord};

/// Runs the handler on an event. Fails if the response breaks the contract or the order of the
/// event.
pub(crate) async fn answer<T: Transform>(
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
    check_contract(&event, &answer.response)?;
    Ok(Expected { records: Some(for_people(&answer)?), ..nothing })
}

fn check_contract(event: &str, response: &[u8]) -> Result<(), String> {
    let event = Event::parse(event.as_bytes()).map_err(|error| error.to_string())?;
    let violations = contract::check(&event, response);
    if !violations.is_empty() {
        let violations: Vec<_> = violations.iter().map(ToString::to_string).collect();
        return Err(format!("the response breaks the contract:\n{}", violations.join("\n")));
    }
    let response: Response = serde_json::from_slice(response).map_err(|error| error.to_string())?;
    let asked = event.records.iter().map(EventRecord::record_id);
    let answered = response.records.iter().map(|record| record.record_id.as_str());
    if !asked.eq(answered) {
        return Err("the response is not in the order of the event".to_owned());
    }
    Ok(())
}

fn for_people(answer: &Answer) -> Result<Vec<ExpectedRecord>, String> {
    let response: Response =
        serde_json::from_slice(&answer.response).map_err(|error| error.to_string())?;
    let mut failures = answer.report.failures.iter();
    response.records.into_iter().map(|record| record.for_people(&mut failures)).collect()
}

#[derive(Deserialize)]
struct Response {
    records: Vec<ResponseRecord>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResponseRecord {
    record_id: String,
    result: String,
    #[serde(alias = "kafkaRecordValue")]
    data: Option<String>,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    #[serde(default)]
    partition_keys: BTreeMap<String, String>,
    otf_metadata: Option<OtfMetadata>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OtfMetadata {
    destination_database_name: String,
    destination_table_name: String,
    operation: Option<String>,
}

impl ResponseRecord {
    /// Converts the record. `failures` are in the order of the response, so each failed record takes
    /// the next one.
    fn for_people<'a>(
        self,
        failures: &mut impl Iterator<Item = &'a Failure>,
    ) -> Result<ExpectedRecord, String> {
        let mut record = ExpectedRecord {
            record_id: Some(self.record_id),
            partition_keys: self.metadata.partition_keys,
            iceberg: self.metadata.otf_metadata.map(|it| ExpectedIceberg {
                database: it.destination_database_name,
                table: it.destination_table_name,
                operation: it.operation,
            }),
            ..ExpectedRecord::default()
        };
        if self.result == "ProcessingFailed" {
            record.cause = failures.next().map(|failure| failure.cause.clone());
        }
        record.result = self.result;
        if let Some(data) = self.data {
            record.set_payload(&STANDARD.decode(data).map_err(|error| error.to_string())?);
        }
        Ok(record)
    }
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
