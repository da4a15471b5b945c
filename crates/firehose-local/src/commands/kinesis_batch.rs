use std::collections::BTreeSet;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

/// An event of a Kinesis event source mapping, whose function reports failed records as
/// `batchItemFailures`:
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html>.
///
/// An event of a tumbling window also needs the `state` of the window in the response:
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html>.
#[derive(Debug)]
pub(super) struct KinesisBatch {
    sequence_numbers: BTreeSet<String>,
    /// `true` for an event of a tumbling window.
    has_window: bool,
}

/// A fault in a response to a [`KinesisBatch`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BatchFault {
    pub(super) message: String,
    pub(super) effect: &'static str,
}

/// The answer of a function to a [`KinesisBatch`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BatchVerdict {
    pub(super) records: usize,
    /// The number of records that the response names as failed.
    pub(super) failed: usize,
    /// `true` for an event of a tumbling window.
    pub(super) has_window: bool,
    pub(super) faults: Vec<BatchFault>,
}

/// The most bytes of the state of a window. A larger state ends the window early.
const MAX_STATE_BYTES: usize = 1024 * 1024;

const FAILED_INVOCATION: &str = "Lambda counts the invocation as failed, and sends the batch again";

const EARLY_END: &str =
    "Lambda ends the window early, and the next invocation begins with a new state";

const WHOLE_BATCH: &str = "Lambda counts the whole batch as failed, and sends it again";

impl KinesisBatch {
    /// Parses an event. Returns `None` for an event of another source.
    pub(super) fn parse(event: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Event {
            #[serde(rename = "Records")]
            records: Vec<Record>,
            #[serde(default)]
            window: Option<IgnoredAny>,
        }
        #[derive(Deserialize)]
        struct Record {
            kinesis: Kinesis,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Kinesis {
            sequence_number: String,
        }
        let Event { records, window } = serde_json::from_slice(event).ok()?;
        let numbers = records.into_iter().map(|record| record.kinesis.sequence_number);
        Some(Self { sequence_numbers: numbers.collect(), has_window: window.is_some() })
    }

    /// Checks a response. Lambda accepts an empty response, unless the event has a window. Lambda
    /// accepts a missing, null or empty list.
    pub(super) fn check(&self, response: &[u8]) -> BatchVerdict {
        let mut verdict = BatchVerdict {
            records: self.sequence_numbers.len(),
            failed: 0,
            has_window: self.has_window,
            faults: Vec::new(),
        };
        let is_empty = response.trim_ascii().is_empty();
        let parsed = match is_empty {
            true => Ok(Value::Null),
            false => serde_json::from_slice::<Value>(response),
        };
        if self.has_window {
            verdict.faults.extend(state_fault(&parsed));
        }
        let mut fault = |message: String| {
            verdict.faults.push(BatchFault { message, effect: WHOLE_BATCH });
        };
        let failures = match parsed {
            Ok(Value::Null) => return verdict,
            Ok(Value::Object(mut response)) => {
                if let Some(name) = response.keys().find(|name| is_misspelt(name)) {
                    let name = name.chars().take(64).collect::<String>();
                    fault(format!("`{name}` must be spelled `batchItemFailures`"));
                }
                response.remove("batchItemFailures").unwrap_or_default()
            }
            Ok(_) => {
                fault("the response is not an object with `batchItemFailures`".to_owned());
                return verdict;
            }
            Err(error) => {
                let (line, column) = (error.line(), error.column());
                fault(format!("the response is not JSON: line {line} column {column}"));
                return verdict;
            }
        };
        let failures = match failures {
            Value::Null => return verdict,
            Value::Array(failures) => failures,
            _ => {
                fault("`batchItemFailures` is not an array".to_owned());
                return verdict;
            }
        };
        for (index, failure) in failures.iter().enumerate() {
            match failure.get("itemIdentifier") {
                Some(Value::String(id)) if self.sequence_numbers.contains(id) => {}
                Some(Value::String(id)) if id.is_empty() => {
                    fault(format!("`itemIdentifier` of batchItemFailures[{index}] is empty"));
                }
                Some(Value::String(_)) => fault(format!(
                    "`itemIdentifier` of batchItemFailures[{index}] is not a sequence number of the event"
                )),
                Some(_) => {
                    fault(format!(
                        "`itemIdentifier` of batchItemFailures[{index}] is not a string"
                    ));
                }
                None => fault(format!("batchItemFailures[{index}] has no `itemIdentifier`")),
            }
        }
        verdict.failed = failures.len();
        verdict
    }
}

/// Returns the fault of the `state` in a response to an event of a window. A response that is not
/// JSON has another fault.
///
/// AWS documents that the response must have the property. AWS does not document its type: an
/// object, as in all examples, or null, as in the last response of a window, is our choice.
fn state_fault(response: &Result<Value, serde_json::Error>) -> Option<BatchFault> {
    let failed =
        |message: &str| BatchFault { message: message.to_owned(), effect: FAILED_INVOCATION };
    let Ok(response) = response else { return None };
    match response.get("state") {
        None => Some(failed("the response has no `state`, which an event of a window needs")),
        Some(Value::Null) => None,
        Some(state @ Value::Object(_)) => {
            let bytes = state.to_string().len();
            (bytes > MAX_STATE_BYTES).then(|| BatchFault {
                message: format!("`state` has {bytes} bytes; Lambda allows {MAX_STATE_BYTES}"),
                effect: EARLY_END,
            })
        }
        Some(_) => Some(failed("`state` is not an object")),
    }
}

/// Returns `true` for a name that differs from `batchItemFailures` only in its case, in characters
/// that are not letters, or in a missing `s` at its end.
fn is_misspelt(name: &str) -> bool {
    let letters = name.chars().filter(char::is_ascii_alphabetic).map(|it| it.to_ascii_lowercase());
    name != "batchItemFailures"
        && ["batchitemfailures", "batchitemfailure"].contains(&&*letters.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> KinesisBatch {
        let event = br#"{"Records":[{"kinesis":{"sequenceNumber":"495"}},{"kinesis":{"sequenceNumber":"496"}}]}"#;
        KinesisBatch::parse(event).unwrap()
    }

    #[test]
    fn only_kinesis_events_are_parsed() {
        for event in [r#"{"records":[]}"#, "{}", "", r#"{"Records":[{"dynamodb":{}}]}"#] {
            assert!(KinesisBatch::parse(event.as_bytes()).is_none(), "{event}");
        }
        assert_eq!(batch().sequence_numbers.len(), 2);
    }

    #[test]
    fn responses_that_lambda_accepts_have_no_fault() {
        for (response, failed) in [
            (r#"{"batchItemFailures":[]}"#, 0),
            (r#"{"batchItemFailures":null,"more":1}"#, 0),
            ("{}", 0),
            ("null", 0),
            (" ", 0),
            (r#"{"batchItemFailures":[{"itemIdentifier":"496"}]}"#, 1),
        ] {
            let verdict = batch().check(response.as_bytes());
            assert_eq!((verdict.failed, verdict.faults), (failed, vec![]), "{response}");
        }
    }

    #[test]
    fn each_fault_has_a_message() {
        for (response, message) in [
            (r#"{"batchItemFailures":[{"itemIdentifier":""}]}"#, "is empty"),
            (r#"{"batchItemFailures":[{"itemIdentifier":null}]}"#, "is not a string"),
            (r#"{"batchItemFailures":[{"itemIdentifier":"1"}]}"#, "is not a sequence number"),
            (r#"{"batchItemFailures":[{"itemidentifier":"495"}]}"#, "has no `itemIdentifier`"),
            (r#"{"batchItemFailures":[7]}"#, "has no `itemIdentifier`"),
            (r#"{"batchItemFailures":{}}"#, "is not an array"),
            (r#"{"batch_item_failures":[]}"#, "must be spelled `batchItemFailures`"),
            ("[]", "is not an object"),
            ("oops", "is not JSON: line 1 column 1"),
        ] {
            let faults = batch().check(response.as_bytes()).faults;
            assert_eq!(faults.len(), 1, "{response}");
            assert!(faults[0].message.contains(message), "{faults:?}");
        }
    }

    fn window() -> KinesisBatch {
        let event = br#"{"Records":[{"kinesis":{"sequenceNumber":"495"}}],"window":{"start":"a"},
            "state":{},"isFinalInvokeForWindow":false}"#;
        KinesisBatch::parse(event).unwrap()
    }

    #[test]
    fn an_event_of_a_window_needs_a_state() {
        for response in [
            r#"{"state":{}}"#,
            r#"{"state":{"1":282},"batchItemFailures":[]}"#,
            r#"{"state":null}"#,
        ] {
            assert_eq!(window().check(response.as_bytes()).faults, [], "{response}");
        }
        for (response, message) in [
            ("", "has no `state`"),
            ("null", "has no `state`"),
            ("{}", "has no `state`"),
            (r#"{"batchItemFailures":[]}"#, "has no `state`"),
            (r#"{"State":{}}"#, "has no `state`"),
            (r#"{"state":"x"}"#, "`state` is not an object"),
            (r#"{"state":[]}"#, "`state` is not an object"),
            ("oops", "is not JSON"),
        ] {
            let faults = window().check(response.as_bytes()).faults;
            assert_eq!(faults.len(), 1, "{response}");
            assert!(faults[0].message.contains(message), "{faults:?}");
        }
        let both = window().check(br#"{"batchItemFailures":[7]}"#);
        assert_eq!((both.failed, both.faults.len()), (1, 2));
        let large = format!(r#"{{"state":{{"a":"{}"}}}}"#, "x".repeat(MAX_STATE_BYTES));
        assert_eq!(window().check(large.as_bytes()).faults[0].effect, EARLY_END);
    }
}
