use firehose_runtime::{
    Answer, Event, Handler, Transform,
    contract::{self, RecordAnswer, Response, Violation},
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
