use std::{
    borrow::{Borrow, Cow},
    collections::{BTreeMap, HashMap},
};

use bytes::Bytes;
use firehose_runtime::base64_codec::decode_base64;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{delivery_failure::DeliveryFailure, stream_record::StreamRecord};

/// What becomes of the records of a batch that a function has answered.
#[derive(Debug, PartialEq, Eq)]
pub struct Answers {
    /// One for each record, in the order of the records.
    pub outcomes: Vec<RecordOutcome>,
    /// Answers to records that were not asked about. Firehose takes no notice of them.
    pub ignored: u64,
}

/// What becomes of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordOutcome {
    /// It is delivered.
    Ok {
        /// What the function made of it.
        data: Bytes,
        /// For dynamic partitioning; empty if the answer has none.
        partition_keys: BTreeMap<String, String>,
    },
    /// It is left out.
    Dropped,
    /// Its original goes under the error output prefix.
    Failed(DeliveryFailure),
}

/// Reads a function's response as Firehose does: which records are delivered, which are left
/// out, which fail and with what.
///
/// | the response | what fails | sources |
/// |---|---|---|
/// | is no JSON | the batch, `Lambda.JsonProcessingException` | [documented] |
/// | has a result that is none of the three | the batch, `Lambda.FunctionError` | the code is observed; whether it is the batch or the record, sources differ: our choice |
/// | has data that is not base64 | the batch, `Lambda.FunctionError` | observed; the documentation names `Lambda.JsonMappingException`, and says nothing of the batch: our choice |
/// | has a field of another type | the batch, `Lambda.FunctionError` | nobody says: our choice |
/// | is an object with an empty list, or without `records` | each record, `Lambda.MissingRecordId` | observed |
/// | has `null` for `records` | each record, `Lambda.MissingRecordId` | sources differ, others have the batch and `Lambda.FunctionError`: our choice |
/// | leaves a record out | that record, `Lambda.MissingRecordId` | observed |
/// | answers a record twice | that record, `Lambda.DuplicatedRecordId` | the code is observed; whether it is the record or the batch, sources differ: our choice |
/// | has `Ok` without data | that record, `Lambda.InvalidReturnFormat` | observed |
/// | has `ProcessingFailed` | that record, `Lambda.ProcessingFailedStatus` | observed |
/// | answers what was not asked | nothing: the answer is ignored | observed |
///
/// The order of the answers counts for nothing. Partition keys that are numbers or truth
/// values count as their text, which AWS says nothing about.
///
/// # Errors
///
/// If the batch fails as a whole. None of these failures is tried again: what was answered is
/// final. Of records that fail by themselves this is observed; of a batch with an answer that cannot
/// be used nobody says whether Firehose tries again, and that it does not is our choice.
///
/// [documented]: https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-logs.html
pub fn read_response<R: Borrow<StreamRecord>>(
    response: &[u8],
    records: &[R],
) -> Result<Answers, DeliveryFailure> {
    let is_object = response.trim_ascii_start().starts_with(b"{");
    let response: Response<'_> = serde_json::from_slice(response).map_err(|error| {
        if error.is_data() {
            DeliveryFailure::InvalidResult
        } else {
            DeliveryFailure::InvalidResponse
        }
    })?;
    // Serde takes an array for the fields of an object.
    if !is_object {
        return Err(DeliveryFailure::InvalidResult);
    }
    let answers = response.records.unwrap_or_default();
    // A batch is answered as a whole or not at all.
    let read: Vec<RecordOutcome> = answers.iter().map(outcome).collect::<Result<_, _>>()?;
    let is_in_order = answers.len() == records.len()
        && answers.iter().zip(records).all(|(answer, record)| {
            answer.record_id.as_deref() == Some(&*record.borrow().record_id)
        });
    if is_in_order {
        return Ok(Answers { outcomes: read, ignored: 0 });
    }
    Ok(by_id(&answers, read, records))
}

/// The long way round, for answers out of order, missing, repeated or made up.
fn by_id<R: Borrow<StreamRecord>>(
    answers: &[Answer<'_>],
    read: Vec<RecordOutcome>,
    records: &[R],
) -> Answers {
    let mut found: HashMap<&str, Option<RecordOutcome>> = HashMap::with_capacity(answers.len());
    for (answer, outcome) in answers.iter().zip(read) {
        let id = answer.record_id.as_deref().unwrap_or_default();
        // The second answer takes the place of the first, as what no answer is.
        found.entry(id).and_modify(|first| *first = None).or_insert(Some(outcome));
    }
    let mut known = 0;
    let outcomes = records
        .iter()
        .map(|record| match found.get_mut(&*record.borrow().record_id) {
            None => RecordOutcome::Failed(DeliveryFailure::MissingRecordId),
            Some(outcome) => {
                known += 1;
                let twice = RecordOutcome::Failed(DeliveryFailure::DuplicatedRecordId);
                outcome.take().unwrap_or(twice)
            }
        })
        .collect();
    Answers { outcomes, ignored: (found.len() - known) as u64 }
}

#[derive(Deserialize)]
struct Response<'a> {
    #[serde(borrow, default)]
    records: Option<Vec<Answer<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    #[serde(borrow, default)]
    record_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    result: Option<Text<'a>>,
    #[serde(borrow, default)]
    data: Option<Text<'a>>,
    /// Looked into only where there is something in it.
    #[serde(borrow, default)]
    metadata: Option<&'a RawValue>,
}

/// A string that is borrowed where it has no escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl std::ops::Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

fn outcome(answer: &Answer<'_>) -> Result<RecordOutcome, DeliveryFailure> {
    let data = answer.data.as_deref();
    let data = data.map(|data| decode_base64(data.as_bytes())).transpose();
    let data = data.map_err(|_| DeliveryFailure::InvalidData)?;
    Ok(match (answer.result.as_deref(), data) {
        (Some("Ok"), Some(data)) => RecordOutcome::Ok {
            data: data.into(),
            partition_keys: answer.metadata.map(partition_keys).unwrap_or_default(),
        },
        (Some("Ok"), None) => RecordOutcome::Failed(DeliveryFailure::MissingData),
        (Some("Dropped"), _) => RecordOutcome::Dropped,
        (Some("ProcessingFailed"), _) => RecordOutcome::Failed(DeliveryFailure::ProcessingFailed),
        _ => return Err(DeliveryFailure::InvalidResult),
    })
}

fn partition_keys(metadata: &RawValue) -> BTreeMap<String, String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Metadata {
        #[serde(default)]
        partition_keys: BTreeMap<String, Value>,
    }
    let metadata = serde_json::from_str(metadata.get());
    let keys = metadata.map(|Metadata { partition_keys }| partition_keys).unwrap_or_default();
    keys.into_iter()
        .filter_map(|(key, value)| match value {
            Value::String(text) => Some((key, text)),
            Value::Bool(_) | Value::Number(_) => Some((key, value.to_string())),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str) -> StreamRecord {
        StreamRecord {
            position: 1,
            record_id: id.to_owned(),
            arrival_timestamp: jiff::Timestamp::UNIX_EPOCH,
            data: Bytes::from_static(b"original"),
            kinesis: None,
        }
    }

    fn read(response: &str) -> Result<Answers, DeliveryFailure> {
        read_response(response.as_bytes(), &[record("1"), record("2")])
    }

    fn ok(data: &'static str) -> RecordOutcome {
        RecordOutcome::Ok {
            data: Bytes::from_static(data.as_bytes()),
            partition_keys: BTreeMap::new(),
        }
    }

    const FIRST: &str = r#"{"recordId": "1", "result": "Ok", "data": "YQ=="}"#;
    const SECOND: &str = r#"{"recordId": "2", "result": "Dropped"}"#;

    #[test]
    fn answers_are_matched_by_id_in_any_order() {
        let wanted = Answers { outcomes: vec![ok("a"), RecordOutcome::Dropped], ignored: 0 };
        for answers in [[FIRST, SECOND], [SECOND, FIRST]] {
            let response = format!(r#"{{"records": [{}]}}"#, answers.join(","));
            assert_eq!(read(&response).as_ref(), Ok(&wanted));
        }
    }

    #[test]
    fn each_record_fails_by_itself() {
        use DeliveryFailure::*;
        for (answers, wanted) in [
            (vec![], [Err(MissingRecordId), Err(MissingRecordId)]),
            (vec![FIRST], [Ok("a"), Err(MissingRecordId)]),
            (vec![FIRST, FIRST], [Err(DuplicatedRecordId), Err(MissingRecordId)]),
            (
                vec![FIRST, FIRST, FIRST, r#"{"recordId": "2", "result": "Ok", "data": ""}"#],
                [Err(DuplicatedRecordId), Ok("")],
            ),
            (vec![FIRST, r#"{"recordId": "2", "result": "Ok"}"#], [Ok("a"), Err(MissingData)]),
            (
                vec![FIRST, r#"{"recordId": "2", "result": "Ok", "data": null}"#],
                [Ok("a"), Err(MissingData)],
            ),
            (
                vec![FIRST, r#"{"recordId": "2", "result": "ProcessingFailed", "data": "YQ=="}"#],
                [Ok("a"), Err(ProcessingFailed)],
            ),
        ] {
            let response = format!(r#"{{"records": [{}]}}"#, answers.join(","));
            let outcomes = wanted.map(|it| it.map_or_else(RecordOutcome::Failed, ok)).to_vec();
            assert_eq!(read(&response), Ok(Answers { outcomes, ignored: 0 }), "{response}");
        }
    }

    #[test]
    fn what_was_not_asked_is_ignored_and_counted() {
        let made_up = r#"{"recordId": "3", "result": "Ok", "data": "YQ=="}"#;
        let no_id = r#"{"result": "Ok", "data": "YQ=="}"#;
        let response = format!(r#"{{"records": [{made_up}, {FIRST}, {SECOND}, {no_id}]}}"#);
        let wanted = Answers { outcomes: vec![ok("a"), RecordOutcome::Dropped], ignored: 2 };
        assert_eq!(read(&response), Ok(wanted));
    }

    #[test]
    fn a_response_without_records_leaves_them_all_out() {
        let missing = RecordOutcome::Failed(DeliveryFailure::MissingRecordId);
        for response in ["{}", r#"{"records": null}"#, r#"{"records": []}"#, r#"{"Records": 1}"#] {
            let wanted = Answers { outcomes: vec![missing.clone(); 2], ignored: 0 };
            assert_eq!(read(response), Ok(wanted), "{response}");
        }
    }

    #[test]
    fn some_answers_fail_the_whole_batch() {
        for (response, failure) in [
            ("", DeliveryFailure::InvalidResponse),
            ("oops", DeliveryFailure::InvalidResponse),
            (r#"{"records": ["#, DeliveryFailure::InvalidResponse),
            ("[]", DeliveryFailure::InvalidResult),
            ("\"text\"", DeliveryFailure::InvalidResult),
            (r#"{"records": {}}"#, DeliveryFailure::InvalidResult),
            (r#"{"records": [1]}"#, DeliveryFailure::InvalidResult),
            (r#"{"records": [{"recordId": "1", "result": "OK"}]}"#, DeliveryFailure::InvalidResult),
            (r#"{"records": [{"recordId": "1"}]}"#, DeliveryFailure::InvalidResult),
            (
                r#"{"records": [{"recordId": "1", "result": "Ok", "data": "?"}]}"#,
                DeliveryFailure::InvalidData,
            ),
            (
                r#"{"records": [{"recordId": "1", "result": "Ok", "data": {}}]}"#,
                DeliveryFailure::InvalidResult,
            ),
        ] {
            assert_eq!(read(response), Err(failure), "{response}");
        }
    }

    #[test]
    fn partition_keys_are_text() {
        let response = r#"{"records": [{"recordId": "1", "result": "Ok", "data": "",
            "metadata": {"partitionKeys": {"a": "x", "b": 7, "c": true, "d": null}}}]}"#;
        let Ok(Answers { outcomes, .. }) = read(response) else { panic!("{response}") };
        let RecordOutcome::Ok { partition_keys, .. } = &outcomes[0] else { panic!("{outcomes:?}") };
        let keys: Vec<_> = partition_keys.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(keys, [("a", "x"), ("b", "7"), ("c", "true")]);
    }
}
