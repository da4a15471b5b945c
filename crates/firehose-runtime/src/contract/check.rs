use std::{borrow::Cow, collections::HashMap};

use base64::Engine;
use serde_json::{Map, Value};

use super::{MAX_RESPONSE_BYTES, Violation};
use crate::{Event, PayloadField, base64_engine, event::not_base64, failure::shortened};

/// All ways in which `response` breaks Firehose's contract as an answer to `event`; empty if
/// none. The response's own violations come first, then those of each answer in the
/// response's order, then the records that are not answered, in the event's order.
///
/// A record of the event without a `recordId` asks for no answer.
pub fn check(event: &Event<'_>, response: &[u8]) -> Vec<Violation> {
    let mut violations = Vec::new();
    if response.len() > MAX_RESPONSE_BYTES {
        violations.push(Violation::TooLarge { bytes: response.len() });
    }
    let response: Value = match serde_json::from_slice(response) {
        Ok(response) => response,
        Err(error) => {
            violations.push(Violation::NotJson { message: error.to_string() });
            return violations;
        }
    };
    let answers = match &response {
        Value::Object(response) => match response.get("records") {
            Some(Value::Array(answers)) => answers.as_slice(),
            Some(other) => return no_records(violations, with_records(other)),
            None => return no_records(violations, "an object without `records`"),
        },
        other => return no_records(violations, kind(other)),
    };
    let mut asked = Asked::new(event);
    for (index, answer) in answers.iter().enumerate() {
        match answer {
            Value::Object(answer) => check_answer(index, answer, &mut asked, &mut violations),
            other => violations.push(Violation::NotAnObject { index, found: kind(other) }),
        }
    }
    violations.extend(asked.violations());
    violations
}

/// The records of the event, with a count of their answers.
struct Asked<'a> {
    order: Vec<Cow<'a, str>>,
    by_id: HashMap<Cow<'a, str>, Counts>,
}

struct Counts {
    field: PayloadField,
    /// Another record of that id has its payload in the other field.
    other_too: bool,
    asked: usize,
    answered: usize,
}

impl<'a> Asked<'a> {
    fn new(event: &Event<'a>) -> Self {
        let mut asked = Self { order: Vec::new(), by_id: HashMap::new() };
        for record in &event.records {
            let id = record.record_id();
            let field = event.payload_field(record);
            let counts = asked.by_id.entry(id.clone()).or_insert_with(|| {
                asked.order.push(id);
                Counts { field, other_too: false, asked: 0, answered: 0 }
            });
            counts.asked += 1;
            counts.other_too |= counts.field != field;
        }
        asked
    }

    fn violations(self) -> impl Iterator<Item = Violation> {
        self.order.into_iter().filter_map(move |id| {
            let Counts { asked, answered, .. } = self.by_id[&id];
            let record_id = id.into_owned();
            if answered < asked {
                Some(Violation::NotAnswered { record_id })
            } else if answered > asked {
                Some(Violation::AnsweredTwice { record_id, times: answered })
            } else {
                None
            }
        })
    }
}

fn check_answer(
    index: usize,
    answer: &Map<String, Value>,
    asked: &mut Asked<'_>,
    violations: &mut Vec<Violation>,
) {
    let Some(Value::String(record_id)) = answer.get("recordId") else {
        violations.push(Violation::NoRecordId { index });
        return;
    };
    let id = || record_id.clone();
    let Some(counts) = asked.by_id.get_mut(record_id.as_str()) else {
        violations.push(Violation::UnknownRecordId { record_id: id() });
        return;
    };
    counts.answered += 1;
    let is_ok = match answer.get("result").and_then(Value::as_str) {
        Some("Ok") => true,
        Some("Dropped" | "ProcessingFailed") => false,
        _ => {
            let found = answer.get("result").map(shown).unwrap_or_default();
            violations.push(Violation::InvalidResult { record_id: id(), found });
            return;
        }
    };
    let other = counts.field.other();
    let in_other = counts.other_too && answer.get(other.as_str()).is_some_and(Value::is_string);
    let field = if in_other { other } else { counts.field };
    check_payload(record_id, answer, field, is_ok, violations);
    if let Err(reason) = check_metadata(answer.get("metadata")) {
        violations.push(Violation::InvalidMetadata { record_id: id(), reason });
    }
}

/// A value for a message: short, and with nothing in it that a terminal would act upon.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{:?}", shortened(text, 64)),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(_) | Value::Object(_) => kind(value).to_owned(),
    }
}

fn check_payload(
    record_id: &str,
    answer: &Map<String, Value>,
    field: PayloadField,
    is_ok: bool,
    violations: &mut Vec<Violation>,
) {
    let record_id = record_id.to_owned();
    match answer.get(field.as_str()) {
        Some(Value::String(payload)) => {
            if let Err(error) = base64_engine().decode(payload) {
                let reason = not_base64(field, &error);
                violations.push(Violation::NotBase64 { record_id, reason });
            }
        }
        None | Some(Value::Null) if !is_ok => {}
        None if answer.get(field.other().as_str()).is_some_and(Value::is_string) => {
            violations.push(Violation::WrongPayloadField { record_id, field });
        }
        found => {
            let found = found.map_or("missing", kind);
            violations.push(Violation::NoPayload { record_id, field, found });
        }
    }
}

fn check_metadata(metadata: Option<&Value>) -> Result<(), String> {
    let metadata = match metadata {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Object(metadata)) => metadata,
        Some(other) => return Err(format!("`metadata` is {}, must be an object", kind(other))),
    };
    match metadata.get("partitionKeys") {
        None | Some(Value::Null) => {}
        Some(Value::Object(keys)) => {
            if let Some((key, value)) = keys.iter().find(|(_, value)| !value.is_string()) {
                let (key, kind) = (shortened(key, 64), kind(value));
                return Err(format!("partition key {key:?} is {kind}, must be a string"));
            }
        }
        Some(other) => {
            return Err(format!("`partitionKeys` is {}, must be an object", kind(other)));
        }
    }
    match metadata.get("otfMetadata") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Object(routing)) => check_iceberg_routing(routing),
        Some(other) => Err(format!("`otfMetadata` is {}, must be an object", kind(other))),
    }
}

/// AWS's Go event types write all three as empty strings when there is no routing, which
/// Firehose is known to take.
fn check_iceberg_routing(routing: &Map<String, Value>) -> Result<(), String> {
    let text = |name: &str| match routing.get(name) {
        None | Some(Value::Null) => Ok(""),
        Some(Value::String(text)) => Ok(text.as_str()),
        Some(other) => Err(format!("`otfMetadata.{name}` is {}, must be a string", kind(other))),
    };
    let names = ["destinationDatabaseName", "destinationTableName"];
    let operation = text("operation")?;
    if !matches!(operation, "" | "insert" | "update" | "delete") {
        let operation = shortened(operation, 64);
        return Err(format!(
            "`otfMetadata.operation` is {operation:?}, must be \"insert\", \"update\" or \"delete\""
        ));
    }
    let given = [text(names[0])?, text(names[1])?];
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_';
    for (name, value) in names.into_iter().zip(given) {
        if value.len() > 255 || !value.bytes().all(allowed) {
            return Err(format!(
                "`otfMetadata.{name}` must be 1 to 255 letters, digits, dots or underscores"
            ));
        }
    }
    match given.map(|name| !name.is_empty()) {
        [true, true] => Ok(()),
        [false, false] if operation.is_empty() => Ok(()),
        [database, _] => {
            let missing = names[usize::from(database)];
            Err(format!("`otfMetadata.{missing}` is missing or empty"))
        }
    }
}

fn no_records(mut violations: Vec<Violation>, found: &'static str) -> Vec<Violation> {
    violations.push(Violation::NoRecords { found });
    violations
}

fn with_records(records: &Value) -> &'static str {
    match records {
        Value::Null => "an object with null for `records`",
        Value::Object(_) => "an object with an object for `records`",
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            "an object with a single value for `records`"
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
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

    /// Violations of an answer to "a", all else being right.
    fn of_answer(fields: &str) -> Vec<String> {
        let response = format!(
            r#"{{"records": [{{"recordId": "a", {fields}}}, {{"recordId": "b", "result": "Dropped"}}]}}"#
        );
        violations(TWO, &response)
    }

    #[test]
    fn good_answers_have_none() {
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
                r#""result": "Ok", "data": "", "metadata": {"partitionKeys": {"k": 1}}"#,
                r#"partition key "k" is a number, must be a string"#.into(),
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
        assert_eq!(dropped(&["a", "b", "c"]), [r#"record "c": no such record in the event"#]);
        let odd = r#"{"records": [{"recordId": 1}, null, {"recordId": "a", "result": "Dropped"}]}"#;
        assert_eq!(
            violations(TWO, odd),
            [
                "records[0] has no `recordId` string",
                "records[1] is null, not an object",
                r#"record "b": not answered"#
            ]
        );
    }

    #[test]
    fn an_id_asked_for_twice_is_answered_twice() {
        let event = r#"{"records": [{"recordId": "a"}, {"recordId": "a"}]}"#;
        let once = r#"{"records": [{"recordId": "a", "result": "Dropped"}]}"#;
        assert_eq!(violations(event, once), [r#"record "a": not answered"#]);
        let twice = r#"{"records": [{"recordId": "a", "result": "Dropped"}, {"recordId": "a", "result": "Dropped"}]}"#;
        assert_eq!(violations(event, twice), [""; 0]);
    }

    #[test]
    fn a_response_that_is_none_is_named() {
        for (response, expected) in [
            ("", "the response is no JSON: EOF while parsing a value at line 1 column 0"),
            ("[]", "the response must be an object with an array `records`, it is an array"),
            ("null", "the response must be an object with an array `records`, it is null"),
            (
                "{}",
                "the response must be an object with an array `records`, it is an object without `records`",
            ),
            (
                r#"{"records": {}}"#,
                "the response must be an object with an array `records`, it is an object with an object for `records`",
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
