use firehose_runtime::{
    Event, Failure, Handler, Transform,
    contract::{ExpectedAnswer, RecordAnswer, judge},
};

use crate::expected::{Expected, ExpectedIceberg, ExpectedRecord};

/// Runs the handler on an event. Returns the response in the form of `expected.json`.
///
/// Fails if the response breaks the contract, or if its answers are not in the order of the event.
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
    let answers = read_answers(&event, &answer.response)?;
    let records = expected_records(&event, answers, &answer.report.failures);
    Ok(Expected { records: Some(records), ..nothing })
}

/// Checks a response as [`run`](crate::run) does, for a test of your own.
///
/// ```
/// let event = r#"{"records": [{"recordId": "1", "data": "aGk="}]}"#;
/// let response = br#"{"records": [{"recordId": "1", "result": "Ok"}]}"#;
/// let problem = firehose_fixtures::check_response(event, response).unwrap_err();
/// assert!(problem.ends_with(r#"record "1": `data` is missing, must be a base64 string"#));
/// ```
///
/// # Errors
///
/// - If `event` is not a Firehose event.
/// - If the response breaks Firehose's contract. The message has all violations.
/// - If the answers are not in the order of the event. Firehose accepts any order, but a handler of
///   `firehose-runtime` keeps the order.
pub fn check_response(event: &str, response: &[u8]) -> Result<(), String> {
    let event = Event::parse(event.as_bytes()).map_err(|error| error.to_string())?;
    read_answers(&event, response).map(|_| ())
}

/// Returns the answers to the records of an event, in their order.
fn read_answers(event: &Event<'_>, response: &[u8]) -> Result<Vec<RecordAnswer>, String> {
    let mut answers = Vec::with_capacity(event.records.len());
    let mut is_in_order = true;
    let judgement = judge(ExpectedAnswer::of_event(event), &[], response, |index, answer| {
        is_in_order &= index == answers.len();
        answers.extend(answer.ok());
    });
    if !judgement.violations.is_empty() {
        let violations: Vec<_> = judgement.violations.iter().map(ToString::to_string).collect();
        return Err(format!("the response breaks the contract:\n{}", violations.join("\n")));
    }
    if !is_in_order {
        return Err("the answers are not in the order of the event".to_owned());
    }
    Ok(answers)
}

/// Returns the answers to an event in the form of `expected.json`.
fn expected_records(
    event: &Event<'_>,
    answers: Vec<RecordAnswer>,
    failures: &[Failure],
) -> Vec<ExpectedRecord> {
    // Failures are in the order of the answers, so the next failure belongs to the next failed
    // answer.
    let mut failures = failures.iter();
    let records = event.records.iter().zip(answers).map(|(asked, answer)| {
        let mut record = ExpectedRecord {
            record_id: Some(asked.record_id().into_owned()),
            ..ExpectedRecord::default()
        };
        record.result = match answer {
            RecordAnswer::Ok { data, metadata } => {
                record.set_payload(&data);
                // A response that keeps the contract has valid metadata.
                record.partition_keys = metadata.partition_keys.unwrap_or_default();
                let routing = metadata.iceberg_routing.unwrap_or_default();
                record.iceberg = routing.map(|it| ExpectedIceberg {
                    database: it.database().to_owned(),
                    table: it.table().to_owned(),
                    operation: it.operation().map(|operation| operation.as_str().to_owned()),
                });
                "Ok"
            }
            RecordAnswer::Dropped => "Dropped",
            RecordAnswer::ProcessingFailed => {
                record.cause = failures.next().map(|failure| failure.cause.clone());
                "ProcessingFailed"
            }
        }
        .to_owned();
        record
    });
    records.collect()
}
