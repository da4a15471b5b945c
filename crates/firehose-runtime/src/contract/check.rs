use super::{expected_answers::ExpectedAnswer, judge::judge, violation::Violation};
use crate::event::firehose_event::Event;

/// Returns the violations of Firehose's contract by a `response` to an `event`.
///
/// See [`Judgement::violations`](super::Judgement::violations) for their order. A record of the
/// event without a `recordId` needs no answer.
pub fn check(event: &Event<'_>, response: &[u8]) -> Vec<Violation> {
    judge(ExpectedAnswer::of_event(event), &[], response, |_, _| {}).violations
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        contract::{response::Response, response_record::RecordAnswer},
        event::payload::PayloadField,
        limits::MAX_RESPONSE_BYTES,
    };

    const TWO: &str = r#"{"records": [{"recordId": "a", "data": ""}, {"recordId": "b", "data": ""}, {"data": ""}]}"#;
    const MSK: &str =
        r#"{"sourceMSKArn": "arn", "records": [{"recordId": "a", "kafkaRecordValue": ""}]}"#;

    fn violations(event: &str, response: &str) -> Vec<String> {
        let event = Event::parse(event.as_bytes()).unwrap();
        let found = check(&event, response.as_bytes());
        assert!(found.iter().all(|violation| !violation.effect().is_empty()));
        found.iter().map(ToString::to_string).collect()
    }

    /// Returns the violations of a response with these fields in the answer to "a", and a valid
    /// answer to "b".
    fn violations_of_answer(fields: &str) -> Vec<String> {
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
            assert_eq!(violations_of_answer(fields), [""; 0], "{fields}");
        }
        let any_order = r#"{"records": [{"recordId": "b", "result": "Dropped"}, {"recordId": "a", "result": "Dropped"}]}"#;
        assert_eq!(violations(TWO, any_order), [""; 0]);
        assert_eq!(violations(r#"{"records": []}"#, r#"{"records": []}"#), [""; 0]);
        let msk = r#"{"records": [{"recordId": "a", "result": "Ok", "kafkaRecordValue": "aGk="}]}"#;
        assert_eq!(violations(MSK, msk), [""; 0]);
    }

    #[test]
    fn each_fault_of_an_answer_has_a_message() {
        let three = r#"it must be "Ok", "Dropped" or "ProcessingFailed""#;
        for (fields, expected) in [
            (r#""data": """#, format!("result is missing; {three}")),
            (r#""result": null, "data": """#, format!("result is null; {three}")),
            (r#""result": "ok", "data": """#, format!(r#"result is "ok"; {three}"#)),
            (r#""result": "Ok""#, "`data` is missing; it must be a base64 string".into()),
            (r#""result": "Ok", "data": null"#, "`data` is null; it must be a base64 string".into()),
            (
                r#""result": "Dropped", "data": 5"#,
                "`data` is a number; it must be a base64 string".into(),
            ),
            (
                r#""result": "Ok", "data": "\ud800""#,
                "`data` is a string with an invalid escape; it must be a base64 string".into(),
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
                "`data` is not base64: 5 is not a valid number of symbols".into(),
            ),
            (
                r#""result": "Ok", "kafkaRecordValue": """#,
                "the payload is in `kafkaRecordValue`; this source needs it in `data`".into(),
            ),
            (
                r#""result": "Ok", "data": "", "metadata": []"#,
                "`metadata` is an array; it must be an object".into(),
            ),
            (
                r#""result": "Ok", "data": "", "metadata": {"partitionKeys": "k"}"#,
                "`partitionKeys` is a string; it must be an object".into(),
            ),
            (
                r#""result": "Ok", "data": "", "metadata": {"partitionKeys": {"k": null}}"#,
                r#"partition key "k" is null; it must be a non-empty string, a number or a boolean"#
                    .into(),
            ),
            (
                r#""result": "Ok", "data": "", "metadata": {"otfMetadata": 1}"#,
                "`otfMetadata` is a number; it must be an object".into(),
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
                r#"`otfMetadata.operation` is "upsert"; it must be "insert", "update" or "delete""#
                    .into(),
            ),
        ] {
            assert_eq!(
                violations_of_answer(fields),
                [format!(r#"record "a": {expected}"#)],
                "{fields}"
            );
        }
    }

    #[test]
    fn missing_repeated_and_unknown_answers_have_messages() {
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
                "the `recordId` of records[0] is a number; it must be a string",
                "records[1] is null, not an object",
                r#"record "b": not answered"#
            ]
        );
    }

    #[test]
    fn an_ignored_answer_can_fail_the_batch_but_no_record() {
        let answers = |fields: &str| {
            let valid =
                r#"{"recordId": "a", "result": "Dropped"}, {"recordId": "b", "result": "Dropped"}"#;
            violations(TWO, &format!(r#"{{"records": [{valid}, {{{fields}}}]}}"#))
        };
        let unknown = r#"record "c": the event has no record with this id"#;
        assert_eq!(answers(r#""recordId": "c", "result": "Ok""#), [unknown]);
        let unknown_result = answers(r#""recordId": "c", "result": "OK""#);
        assert_eq!(unknown_result.len(), 2, "{unknown_result:?}");
        assert_eq!(answers(r#""result": "Ok""#), ["records[2] has no `recordId`"]);
        assert_eq!(
            answers(r#""recordId": "\ud800", "result": "Dropped""#),
            [r#"record "\\ud800": the event has no record with this id"#]
        );
    }

    #[test]
    fn a_partition_key_is_text_as_it_is_written() {
        let response = br#"{"records": [{"recordId": "a", "result": "Ok", "data": "", "metadata": {
            "partitionKeys": {"a": 1.10, "b": 12345678901234567890123, "c": true, "c": "\u0064"}}}]}"#;
        let response = Response::parse(response).unwrap();
        let answer = response.records().next().unwrap().answer(0, PayloadField::Data);
        let Ok(RecordAnswer::Ok { metadata, .. }) = answer else { panic!("{answer:?}") };
        let keys: Vec<_> = metadata.partition_keys.unwrap().into_iter().collect();
        let expected = [("a", "1.10"), ("b", "12345678901234567890123"), ("c", "d")];
        assert_eq!(keys, expected.map(|(key, text)| (key.to_owned(), text.to_owned())));
    }

    #[test]
    fn a_repeated_id_needs_as_many_answers() {
        let event = r#"{"records": [{"recordId": "a"}, {"recordId": "a"}]}"#;
        let once = r#"{"records": [{"recordId": "a", "result": "Dropped"}]}"#;
        assert_eq!(violations(event, once), [r#"record "a": not answered"#]);
        let none = r#"{"records": []}"#;
        assert_eq!(violations(event, none), [r#"record "a": not answered"#; 2]);
        let twice = r#"{"records": [{"recordId": "a", "result": "Dropped"}, {"recordId": "a", "result": "Dropped"}]}"#;
        assert_eq!(violations(event, twice), [""; 0]);
        let dropped = [r#"{"recordId": "a", "result": "Dropped"}"#; 4].join(",");
        let four = format!(r#"{{"records": [{dropped}]}}"#);
        assert_eq!(violations(event, &four), [r#"record "a": answered 4 times"#]);
    }

    #[test]
    fn a_response_of_another_form_has_a_message() {
        for (response, expected) in [
            ("", "the response is not JSON: expected a value at line 1 column 1"),
            ("[]", "the response is an array; it must be an object with an array `records`"),
            (
                "null",
                "the response is null; it must be an object with an array `records`; does every path of the handler return it? In Node.js, only an async handler returns it; others pass it to the callback",
            ),
            (
                "{}",
                "the response is an object without `records`; it must be an object with an array `records`",
            ),
            (
                r#"{"records": {}}"#,
                "the response is an object with an object for `records`; it must be an object with an array `records`",
            ),
            (
                r#"{"records": "a"}"#,
                "the response is an object with a string for `records`; it must be an object with an array `records`",
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
    fn a_response_over_the_limit_has_a_message_and_is_still_checked() {
        let event = Event::parse(br#"{"records": []}"#).unwrap();
        let fits = r#"{"records": []}"#.to_owned() + &" ".repeat(MAX_RESPONSE_BYTES - 15);
        assert_eq!(check(&event, fits.as_bytes()), []);
        let too_large = fits + " ";
        let bytes = MAX_RESPONSE_BYTES + 1;
        assert_eq!(check(&event, too_large.as_bytes()), [Violation::TooLarge { bytes }]);
    }
}
