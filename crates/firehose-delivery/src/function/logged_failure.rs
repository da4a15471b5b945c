use serde::Deserialize;
use serde_json::Value;

/// The failure, or the failures, that one log line in JSON reports.
///
/// The runtime of this project writes the fields into an object `fields`. Functions in other
/// languages may write them at the top level, with the names `record_id` or `recordId`, and `cause`
/// or `error`.
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
        #[derive(Deserialize)]
        struct Line {
            fields: Option<Fields>,
            #[serde(flatten)]
            top: Fields,
        }

        #[derive(Deserialize)]
        struct Fields {
            #[serde(alias = "recordId")]
            record_id: Option<String>,
            // A function in another language may log a value of any type.
            message: Option<Value>,
            items: Option<Value>,
            #[serde(alias = "error")]
            cause: Option<String>,
            records: Option<u64>,
            first_cause: Option<String>,
        }

        if line.first() != Some(&b'{') {
            return None;
        }
        let Line { fields, top } = serde_json::from_slice(line).ok()?;
        let fields = fields.unwrap_or(top);
        let message = fields.message.as_ref().and_then(Value::as_str);
        match (message, fields.items.as_ref().and_then(Value::as_u64)) {
            (Some("item failed"), _) => return Some(Self::Item { cause: fields.cause? }),
            (Some("more items failed"), Some(items)) => return Some(Self::MoreItems { items }),
            _ => {}
        }
        match fields {
            Fields { record_id: Some(record_id), cause: Some(cause), .. } => {
                Some(Self::Record { record_id, cause })
            }
            Fields { records: Some(records), first_cause: Some(first_cause), .. } => {
                Some(Self::More { records, first_cause })
            }
            _ => None,
        }
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
