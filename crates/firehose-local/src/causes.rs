use std::collections::HashMap;

use serde::Deserialize;

/// Why records failed, as `firehose-runtime` logs it. Functions of other kinds log in other
/// ways, and have no causes here.
#[derive(Clone, Debug, Default)]
pub(crate) struct Causes {
    by_record_id: HashMap<String, String>,
}

impl Causes {
    /// More than any one event has records; a log may be endless.
    const MAX: usize = 100_000;

    /// More than is shown of an id or of a cause.
    const MAX_BYTES: usize = 512;

    /// Takes the cause from a line of the log, if there is one in it.
    pub(crate) fn look_into(&mut self, line: &[u8]) {
        #[derive(Deserialize)]
        struct Line {
            fields: Fields,
        }

        #[derive(Deserialize)]
        struct Fields {
            record_id: String,
            cause: String,
        }

        if line.first() == Some(&b'{')
            && self.by_record_id.len() < Self::MAX
            && let Ok(Line { fields }) = serde_json::from_slice(line)
        {
            let Fields { mut record_id, mut cause } = fields;
            for text in [&mut record_id, &mut cause] {
                text.truncate(text.floor_char_boundary(Self::MAX_BYTES));
                text.shrink_to_fit();
            }
            self.by_record_id.insert(record_id, cause);
        }
    }

    /// The cause of a record's failure, if the log had it.
    pub(crate) fn of(&self, record_id: &str) -> Option<&str> {
        self.by_record_id.get(record_id).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_the_runtime_logs_and_nothing_else() {
        let mut causes = Causes::default();
        for line in [
            r#"{"timestamp":"t","level":"WARN","fields":{"message":"record failed","invocation_id":"i","record_id":"7","kind":"error","cause":"no unit"}}"#,
            r#"{"fields":{"record_id":"8"}}"#,
            "START RequestId: 1",
            "",
            "{",
        ] {
            causes.look_into(line.as_bytes());
        }
        assert_eq!(causes.of("7"), Some("no unit"));
        assert_eq!(causes.of("8"), None);
    }
}
