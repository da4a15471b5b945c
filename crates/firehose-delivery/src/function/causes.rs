use std::collections::HashMap;

use super::logged_failure::LoggedFailure;

/// Why records failed, by their ids, as the function's log has it.
#[derive(Clone, Debug, Default)]
pub struct Causes {
    by_record_id: HashMap<String, String>,
    /// There are failures of which the log has a number and no lines of their own.
    left_out: bool,
}

impl Causes {
    /// More than any one event has records; a log may be endless.
    const MAX: usize = 100_000;

    /// More than is shown of an id or of a cause.
    const MAX_BYTES: usize = 512;

    /// Takes the cause from a line of the log, if there is one in it.
    pub fn look_into(&mut self, line: &[u8]) {
        if self.by_record_id.len() >= Self::MAX {
            return;
        }
        match LoggedFailure::read(line) {
            Some(LoggedFailure::Record { mut record_id, mut cause }) => {
                for text in [&mut record_id, &mut cause] {
                    text.truncate(text.floor_char_boundary(Self::MAX_BYTES));
                    text.shrink_to_fit();
                }
                self.by_record_id.insert(record_id, cause);
            }
            Some(LoggedFailure::More { .. }) => self.left_out = true,
            None => {}
        }
    }

    /// The cause of a failed record, if the log had it.
    pub fn of(&self, record_id: &str) -> Option<&str> {
        let left_out = "not logged by itself: see `more records failed` in the log";
        let cause = self.by_record_id.get(record_id).map(String::as_str);
        cause.or(self.left_out.then_some(left_out))
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
        causes.look_into(
            br#"{"fields":{"message":"more records failed","kind":"error","records":9,"first_cause":"c"}}"#,
        );
        assert_eq!(causes.of("7"), Some("no unit"));
        assert!(causes.of("8").is_some_and(|cause| cause.contains("`more records failed`")));
    }
}
