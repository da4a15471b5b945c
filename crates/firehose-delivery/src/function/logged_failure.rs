use serde::Deserialize;

/// What a line of a function's log says of failed records, as `firehose-runtime` writes it.
/// Functions of other kinds log in other ways, and say nothing here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LoggedFailure {
    /// A record, with its cause.
    Record {
        /// Its id.
        record_id: String,
        /// Why it failed.
        cause: String,
    },
    /// Records that failed like others, and have no lines of their own.
    More {
        /// How many there are.
        records: u64,
        /// Why the first of them failed.
        first_cause: String,
    },
}

impl LoggedFailure {
    /// Reads a line. Most are about something else.
    pub(super) fn read(line: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Line {
            fields: Fields,
        }

        #[derive(Deserialize)]
        struct Fields {
            record_id: Option<String>,
            cause: Option<String>,
            records: Option<u64>,
            first_cause: Option<String>,
        }

        if line.first() != Some(&b'{') {
            return None;
        }
        let Line { fields } = serde_json::from_slice(line).ok()?;
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
    fn reads_what_the_runtime_logs_and_nothing_else() {
        let read = |line: &str| LoggedFailure::read(line.as_bytes());
        assert_eq!(
            read(
                r#"{"timestamp":"t","level":"WARN","fields":{"message":"record failed","invocation_id":"i","record_id":"7","kind":"error","cause":"no unit"}}"#
            ),
            Some(LoggedFailure::Record { record_id: "7".to_owned(), cause: "no unit".to_owned() })
        );
        assert_eq!(
            read(
                r#"{"fields":{"message":"more records failed","kind":"error","records":9,"first_cause":"c"}}"#
            ),
            Some(LoggedFailure::More { records: 9, first_cause: "c".to_owned() })
        );
        for line in [
            r#"{"fields":{"record_id":"8"}}"#,
            r#"{"fields":{"message":"event answered","records":12}}"#,
            "START RequestId: 1",
            "",
            "{",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
