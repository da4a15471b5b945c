use super::{asked::Asked, check_record::check_record, response::Response, violation::Violation};
use crate::{event::firehose_event::Event, limits::MAX_RESPONSE_BYTES};

/// Returns all violations of Firehose's contract by a `response` to an `event`.
///
/// The violations of the response as a whole come first. Those of each answer follow, in the order
/// of the response, and then the records without an answer, in the order of the event. A record of
/// the event without a `recordId` needs no answer.
pub fn check(event: &Event<'_>, response: &[u8]) -> Vec<Violation> {
    let mut violations = Vec::new();
    if response.len() > MAX_RESPONSE_BYTES {
        violations.push(Violation::TooLarge { bytes: response.len() });
    }
    let read = Response::parse(response);
    let response = match read.and_then(|it| it.without_records().map_or(Ok(it), Err)) {
        Ok(response) => response,
        Err(violation) => {
            violations.push(violation);
            return violations;
        }
    };
    let mut asked = Asked::new(event);
    for (index, record) in response.records().enumerate() {
        check_record(index, &record, &mut asked, &mut violations);
    }
    violations.extend(asked.violations());
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = r#"{"records": [{"recordId": "a", "data": ""}, {"recordId": "b", "data": ""}, {"data": ""}]}"#;
    const MSK: &str =
        r#"{"sourceMSKArn": "arn", "records": [{"recordId": "a", "kafkaRecordValue": ""}]}"#;

    fn violations(event: &str, response: &str) -> Vec<String> {
        let event = Event::parse(event.as_bytes()).unwrap();
        let found = check(&event, response.as_bytes());
        assert!(found.iter().all(|violation| !violation.effect().is_empty()));
        found.iter().map(ToString::to_string).collect()
    }

    /// Returns the violations of an answer to "a" in an otherwise valid response.
    fn of_answer(fields: &str) -> Vec<String> {
        let response = format!(
            r#"{{"records": [{{"recordId": "a", {fields}}}, {{"recordId": "b", "result": "Dropped"}}]}}"#
        );
        violations(TWO, &response)
    }

    #[test]
    fn valid_answers_have_no_violations() {
        for fields in [
            r#""result": "Ok", "data": """#,
            r#""result": "Ok", "data": "aGk=", "metadata": null, "more": 1"#,
            r#""result": "Dropped""#,
            r#""result": "Dropped", "data": null"#,
            r#""result": "ProcessingFailed", "data": "aGk=""#,
            r#""result": "Ok", "data": "", "metadata": {}"#,
            r#""result": "Ok", "data": "", "metadata": {"partitionKeys": {"k": "v"}}"#,
            r#""result": "Ok", "data": "", "metadata": {"partitionKeys": null, "otfMetadata": {"destinationDatabaseName": "", "destinationTableName": "", "operation": ""}}"#,
            r#""result": "Ok", "data": "", "metadata": {"otfMetadata": {"destinationDatabaseName": "d", "destinationTableName": "t", "operation": "update"}}"#,
        ] {
            assert_eq!(of_answer(fields), [""; 0], "{fields}");
        }
        let any_order = r#"{"records": [{"recordId": "b", "result": "Dropped"}, {"recordId": "a", "result": "Dropped"}]}"#;
        assert_eq!(violations(TWO, any_order), [""; 0]);
        assert_eq!(violations(r#"{"records": []}"#, r#"{"records": []}"#), [""; 0]);
        let msk = r#"{"records": [{"recordId": "a", "result": "Ok", "kafkaRecordValue": "aGk="}]}"#;
        assert_eq!(violations(MSK, msk), [""; 0]);
    }

    #[test]
    fn each_fault_of_an_answer_is_named() {
        let three = r#"must be "Ok", "Dropped" or "ProcessingFailed""#;
        for (fields, expected) in [
            (r#""data": """#, format!("result is missing, {three}")),
            (r#""result": null, "data": """#, format!("result is null, {three}")),
            (r#""result": "ok", "data": """#, format!(r#"result is "ok", {three}"#)),
            (r#""result": "Ok""#, "`data` is missing, must be a base64 string".into()),
            (r#""result": "Ok", "data": null"#, "`data` is null, must be a base64 string".into()),
            (
                r#""result": "Dropped", "data": 5"#,
                "`data` is a number, must be a base64 string".into(),
            ),
            (r#""result": "Ok", "data": "aGk""#, "`data` is not base64: wrong padding".into()),
            (
                r#""result": "Ok", "data": "a-k=""#,
                "`data` is not base64: invalid symbol at offset 1".into(),
            ),
            (
                r#""result": "Ok", "data": "aGl=""#,
                "`data` is not base64: invalid symbol at offset 2".into(),
            ),
            (
                r#""result": "Dropped", "data": "aGkaG""#,
                "`data` is not base64: 5 symbols are not a valid length".into(),
            ),
            (
                r#""result": "Ok", "kafkaRecordValue": """#,
                "the payload is in `kafkaRecordValue`, this source needs it in `data`".into(),
            ),
            (
                r#""result": "Ok", "data": "", "metadata": []"#,
                "`metadata` is an array, must be an object".into(),
            ),
            (
                r#""result": "Ok", "data": "", "metadata": {"partitionKeys": "k"}"#,
                "`partitionKeys` is a string, must be an object".into(),
            ),
            (
                r#""result": "Ok", "data": "", "metadata": {"partitionKeys": {"k": null}}"#,
                r#"partition key "k" is null, must be a string with a character"#.into(),
            ),
            (
                r#""result": "Ok", "data": "", "metadata": {"otfMetadata": 1}"#,
                "`otfMetadata` is a number, must be an object".into(),
            ),
            (
                r#""result": "Ok", "data": "", "metadata": {"otfMetadata": {"destinationTableName": "t"}}"#,
                "`otfMetadata.destinationDatabaseName` is missing or empty".into(),
            ),
            (
                r#""result": "Ok", "data": "", "metadata": {"otfMetadata": {"destinationDatabaseName": "d"}}"#,
                "`otfMetadata.destinationTableName` is missing or empty".into(),
            ),
            (
                r#""result": "Ok", "data": "", "metadata": {"otfMetadata": {"operation": "upsert"}}"#,
                r#"`otfMetadata.operation` is "upsert", must be "insert", "update" or "delete""#
                    .into(),
            ),
        ] {
            assert_eq!(of_answer(fields), [format!(r#"record "a": {expected}"#)], "{fields}");
        }
    }

    #[test]
    fn missing_repeated_and_invented_answers_are_named() {
        let dropped = |ids: &[&str]| {
            let answers: Vec<_> = ids
                .iter()
                .map(|id| format!(r#"{{"recordId": "{id}", "result": "Dropped"}}"#))
                .collect();
            violations(TWO, &format!(r#"{{"records": [{}]}}"#, answers.join(",")))
        };
        assert_eq!(dropped(&["a"]), [r#"record "b": not answered"#]);
        assert_eq!(dropped(&["a", "b", "a"]), [r#"record "a": answered 2 times"#]);
        assert_eq!(
            dropped(&["a", "b", "c"]),
            [r#"record "c": the event has no record with this id"#]
        );
        let odd = r#"{"records": [{"recordId": 1}, null, {"recordId": "a", "result": "Dropped"}]}"#;
        assert_eq!(
            violations(TWO, odd),
            [
                "the `recordId` of records[0] is a number, must be a string",
                "records[1] is null, not an object",
                r#"record "b": not answered"#
            ]
        );
    }

    #[test]
    fn a_repeated_id_needs_as_many_answers() {
        let event = r#"{"records": [{"recordId": "a"}, {"recordId": "a"}]}"#;
        let once = r#"{"records": [{"recordId": "a", "result": "Dropped"}]}"#;
        assert_eq!(violations(event, once), [r#"record "a": not answered"#]);
        let twice = r#"{"records": [{"recordId": "a", "result": "Dropped"}, {"recordId": "a", "result": "Dropped"}]}"#;
        assert_eq!(violations(event, twice), [""; 0]);
    }

    #[test]
    fn a_response_of_another_form_is_named() {
        for (response, expected) in [
            ("", "the response is not JSON: expected a value at line 1 column 1"),
            ("[]", "the response is an array, must be an object with an array `records`"),
            ("null", "the response is null, must be an object with an array `records`"),
            (
                "{}",
                "the response is an object without `records`, must be an object with an array `records`",
            ),
            (
                r#"{"records": {}}"#,
                "the response is an object with an object for `records`, must be an object with an array `records`",
            ),
        ] {
            assert_eq!(violations(TWO, response), [expected], "{response}");
        }
        let event = Event::parse(br#"{"records": []}"#).unwrap();
        assert!(matches!(check(&event, &[0xff])[..], [Violation::NotJson { .. }]));
        let deep = "[".repeat(100_000);
        assert!(matches!(check(&event, deep.as_bytes())[..], [Violation::NotJson { .. }]));
    }

    #[test]
    fn a_response_over_the_limit_is_named_and_still_checked() {
        let event = Event::parse(br#"{"records": []}"#).unwrap();
        let fits = r#"{"records": []}"#.to_owned() + &" ".repeat(MAX_RESPONSE_BYTES - 15);
        assert_eq!(check(&event, fits.as_bytes()), []);
        let too_large = fits + " ";
        let bytes = MAX_RESPONSE_BYTES + 1;
        assert_eq!(check(&event, too_large.as_bytes()), [Violation::TooLarge { bytes }]);
    }
}
