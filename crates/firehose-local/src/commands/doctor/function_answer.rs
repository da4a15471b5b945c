use std::time::Duration;

use bytes::Bytes;
use firehose_delivery::function::{FunctionError, InvokeError};
use firehose_runtime::{
    Event,
    contract::{ExpectedAnswer, RecordAnswer, Response, Violation, judge},
};

use super::record_fate::RecordFate;

/// The answer of a function to an event.
#[derive(Debug)]
pub(super) struct FunctionAnswer {
    pub(super) result: Result<Bytes, InvokeError>,
    /// The time that the function had.
    pub(super) limit: Duration,
    pub(super) time: Duration,
}

impl FunctionAnswer {
    /// Returns the error of a function that received the event.
    pub(super) fn error(&self) -> Option<&FunctionError> {
        match &self.result {
            Err(InvokeError::Function(error)) => Some(error),
            Ok(_) | Err(InvokeError::Start(_)) => None,
        }
    }
}

/// A response, read as Firehose reads it.
#[derive(Clone, Debug)]
pub(super) struct ReadResponse {
    /// The fate of each record of the event.
    pub(super) fates: Vec<RecordFate>,
    pub(super) violations: Vec<Violation>,
    /// The partition keys whose value is a number or a boolean, with the value.
    pub(super) other_keys: Vec<String>,
}

impl ReadResponse {
    /// The number of answers that are searched for partition keys.
    const SEARCHED: usize = 100;

    /// Reads the response to an event of `count` records.
    pub(super) fn read(event: &[u8], count: usize, response: &[u8]) -> Self {
        let unread = |violations: Vec<Violation>| {
            let fate = violations.first().cloned().map_or(RecordFate::Failed, RecordFate::Violated);
            Self { fates: vec![fate; count], violations, other_keys: Vec::new() }
        };
        // Events are written here, so this cannot fail.
        let Ok(event) = Event::parse(event) else { return unread(Vec::new()) };
        let mut fates = vec![None; count];
        let judgement = judge(ExpectedAnswer::of_event(&event), &[], response, |index, answer| {
            if let Some(fate) = fates.get_mut(index) {
                *fate = Some(match answer {
                    Ok(RecordAnswer::Ok { data, .. }) => RecordFate::Delivered(data),
                    Ok(RecordAnswer::Dropped) => RecordFate::Dropped,
                    Ok(RecordAnswer::ProcessingFailed) => RecordFate::Failed,
                    Err(violation) => RecordFate::Violated(violation.clone()),
                });
            }
        });
        let Some(response) = judgement.response else { return unread(judgement.violations) };
        let whole = judgement.batch_failure().or(judgement.violations.first());
        let without = whole.cloned().map_or(RecordFate::Failed, RecordFate::Violated);
        Self {
            fates: fates.into_iter().map(|fate| fate.unwrap_or_else(|| without.clone())).collect(),
            other_keys: other_keys(&response),
            violations: judgement.violations,
        }
    }

    /// Returns the violation for which Firehose fails the whole batch.
    pub(super) fn batch_failure(&self) -> Option<&Violation> {
        self.violations.iter().find(|violation| violation.fails_batch())
    }
}

/// Returns the partition keys whose value is a number or a boolean, such as `year: 2026`.
fn other_keys(response: &Response<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for record in response.records().take(ReadResponse::SEARCHED) {
        if !record.json().contains("partitionKeys") {
            continue;
        }
        let json: serde_json::Value = serde_json::from_str(record.json()).unwrap_or_default();
        let keys = json["metadata"]["partitionKeys"].as_object().into_iter().flatten();
        let keys = keys.filter(|(_, value)| value.is_number() || value.is_boolean());
        found.extend(keys.map(|(key, value)| format!("{key}: {value}")));
    }
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &[u8] =
        br#"{"records": [{"recordId": "1", "data": "YQ=="}, {"recordId": "2", "data": "YQ=="}]}"#;

    fn read(response: &str) -> ReadResponse {
        ReadResponse::read(EVENT, 2, response.as_bytes())
    }

    #[test]
    fn each_record_has_a_fate() {
        let read = read(
            r#"{"records": [{"recordId": "1", "result": "Ok", "data": "YQ=="}, {"recordId": "2", "result": "OK"}]}"#,
        );
        assert_eq!(read.fates[0], RecordFate::Delivered("a".into()));
        assert!(matches!(&read.fates[1], RecordFate::Violated(Violation::InvalidResult { .. })));
        assert!(read.batch_failure().is_some());
    }

    #[test]
    fn a_response_without_records_violates_the_contract_for_each_record() {
        for response in ["[]", "null", "{", r#"{"records": {}}"#, "{}"] {
            let read = read(response);
            assert_eq!(read.fates.len(), 2, "{response}");
            assert!(
                read.fates.iter().all(|it| matches!(it, RecordFate::Violated(_))),
                "{response}"
            );
        }
    }

    #[test]
    fn partition_keys_that_are_not_text_are_found() {
        let read = read(
            r#"{"records": [{"recordId": "1", "result": "Ok", "data": "", "metadata": {"partitionKeys": {"a": "1", "b": 1, "c": true}}}]}"#,
        );
        assert_eq!(read.other_keys, ["b: 1", "c: true"]);
    }
}
