use serde_json::{Map, Value};

/// The failure, or the failures, that one log line in JSON reports.
///
/// The runtime of this project writes the fields into an object `fields`. Functions in other
/// languages may write them at the top level, with the names `record_id` or `recordId`, and `cause`
/// or `error`. The console of Node.js and the logging of Python write an object that is logged, or its
/// text, as the `message`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LoggedFailure {
    /// One failed record.
    Record {
        /// The id of the record.
        record_id: String,
        /// The cause of the failure.
        cause: String,
    },
    /// Further records with a similar failure, which share this log line.
    More {
        /// The number of these records.
        records: u64,
        /// The cause of the first of these failures.
        first_cause: String,
    },
    /// A failed item of a record that did not fail. Only the runtime of this project logs such
    /// lines.
    Item {
        /// The cause of the failure.
        cause: String,
    },
    /// Further items that failed, without their causes.
    MoreItems {
        /// The number of these items.
        items: u64,
    },
}

impl LoggedFailure {
    /// Parses a log line. Returns `None` for a line that reports no failure.
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        if line.first() != Some(&b'{') {
            return None;
        }
        // A function in another language may log a value of any type, and any names together.
        let line: Map<String, Value> = serde_json::from_slice(line).ok()?;
        let logged = line.get("message").and_then(logged_object);
        let fields = line.get("fields").and_then(Value::as_object);
        let fields = fields.or(logged.as_ref()).unwrap_or(&line);
        let number = |name: &str| fields.get(name)?.as_u64();
        let text = |name: &str| fields.get(name)?.as_str();
        let record_id = text("record_id").or_else(|| text("recordId"));
        let cause = text("cause").or_else(|| text("error")).map(str::to_owned);
        match (text("message"), number("items")) {
            (Some("item failed"), _) => return Some(Self::Item { cause: cause? }),
            (Some("more items failed"), Some(items)) => return Some(Self::MoreItems { items }),
            _ => {}
        }
        if let (Some(record_id), Some(cause)) = (record_id, cause) {
            return Some(Self::Record { record_id: record_id.to_owned(), cause });
        }
        let (records, first_cause) = (number("records")?, text("first_cause")?);
        Some(Self::More { records, first_cause: first_cause.to_owned() })
    }
}

/// Returns the object that a function logs as a message, or as the text of a message.
fn logged_object(message: &Value) -> Option<Map<String, Value>> {
    match message {
        Value::Object(object) => Some(object.clone()),
        Value::String(text) if text.trim_start().starts_with('{') => {
            serde_json::from_str(text).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_lines_about_failed_records_are_parsed() {
        let parse = |line: &str| LoggedFailure::parse(line.as_bytes());
        assert_eq!(
            parse(
                r#"{"timestamp":"t","level":"WARN","fields":{"message":"record failed","invocation_id":"i","record_id":"7","kind":"error","cause":"no unit"}}"#
            ),
            Some(LoggedFailure::Record { record_id: "7".to_owned(), cause: "no unit".to_owned() })
        );
        assert_eq!(
            parse(
                r#"{"fields":{"message":"more records failed","kind":"error","records":9,"first_cause":"c"}}"#
            ),
            Some(LoggedFailure::More { records: 9, first_cause: "c".to_owned() })
        );
        assert_eq!(
            parse(
                r#"{"fields":{"message":"item failed","record_id":"7","item":2,"cause":"no unit"}}"#
            ),
            Some(LoggedFailure::Item { cause: "no unit".to_owned() })
        );
        assert_eq!(
            parse(r#"{"fields":{"message":"more items failed","items":3}}"#),
            Some(LoggedFailure::MoreItems { items: 3 })
        );
        for line in [
            r#"{"message":["record"],"items":[1],"record_id":"7","cause":"no unit"}"#,
            r#"{"level":"WARNING","message":"record failed","record_id":"7","cause":"no unit"}"#,
            r#"{"recordId":"7","error":"no unit","timestamp":5}"#,
            r#"{"fields":{"recordId":"7","error":"no unit"}}"#,
            r#"{"record_id":"7","cause":"no unit","records":[1],"first_cause":2,"error":{"a":1}}"#,
            r#"{"record_id":"7","recordId":"8","cause":"no unit","error":"other"}"#,
            r#"{"level":"ERROR","message":{"record_id":"7","cause":"no unit"}}"#,
            r#"{"level":"ERROR","message":"{\"recordId\":\"7\",\"error\":\"no unit\"}\n"}"#,
            r#"{"message":"{no object}","recordId":"7","error":"no unit"}"#,
            r#"{"record_id":7,"recordId":"7","cause":null,"error":"no unit","fields":"none"}"#,
        ] {
            let expected =
                LoggedFailure::Record { record_id: "7".to_owned(), cause: "no unit".to_owned() };
            assert_eq!(parse(line), Some(expected), "{line}");
        }
        for line in [
            r#"{"fields":{"record_id":"8"}}"#,
            r#"{"recordId":7,"error":"a number is not an id"}"#,
            r#"{"fields":{"message":"event answered","records":12}}"#,
            "START RequestId: 1",
            "",
            "{",
        ] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
