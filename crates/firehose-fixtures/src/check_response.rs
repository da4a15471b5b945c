use firehose_runtime::{
    Event,
    contract::{ExpectedAnswer, RecordAnswer, judge},
};

/// Checks a response as [`run`](crate::run) does, for a test of your own.
///
/// ```
/// let event = r#"{"records": [{"recordId": "1", "data": "aGk="}]}"#;
/// let response = br#"{"records": [{"recordId": "1", "result": "Ok"}]}"#;
/// let problem = firehose_fixtures::check_response(event, response).unwrap_err();
/// assert!(problem.ends_with(r#"record "1": `data` is missing; it must be a base64 string"#));
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
pub(crate) fn read_answers(
    event: &Event<'_>,
    response: &[u8],
) -> Result<Vec<RecordAnswer>, String> {
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
