use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

/// An event of a Kinesis event source mapping, whose function reports failed records as
/// `batchItemFailures`:
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html>.
#[derive(Debug)]
pub(super) struct KinesisBatch {
    sequence_numbers: BTreeSet<String>,
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
    pub(super) faults: Vec<BatchFault>,
}

const WHOLE_BATCH: &str = "Lambda counts the whole batch as failed, and sends it again";

impl KinesisBatch {
    /// Parses an event. Returns `None` for an event of another source.
    pub(super) fn parse(event: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Event {
            #[serde(rename = "Records")]
            records: Vec<Record>,
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
        let Event { records } = serde_json::from_slice(event).ok()?;
        let numbers = records.into_iter().map(|record| record.kinesis.sequence_number);
        Some(Self { sequence_numbers: numbers.collect() })
    }

    /// Checks a response. Lambda accepts an empty response, and a missing, null or empty list.
    pub(super) fn check(&self, response: &[u8]) -> BatchVerdict {
        let mut verdict =
            BatchVerdict { records: self.sequence_numbers.len(), failed: 0, faults: Vec::new() };
        if response.trim_ascii().is_empty() {
            return verdict;
        }
        let mut fault = |message: String| {
            verdict.faults.push(BatchFault { message, effect: WHOLE_BATCH });
        };
        let failures = match serde_json::from_slice::<Value>(response) {
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
}
