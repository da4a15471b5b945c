use std::collections::HashMap;

use firehose_runtime::{Failure, Report};

use super::logged_failure::LoggedFailure;

/// The causes of failed records by record id.
#[derive(Clone, Debug, Default)]
pub struct Causes {
    by_record_id: HashMap<String, String>,
    /// `true` if the log has only a count for some failures, without their record ids.
    left_out: bool,
}

impl Causes {
    /// The most causes that are kept, because a log may be endless. An event has fewer records.
    const MAX: usize = 100_000;

    /// The most bytes of an id or a cause that are kept: the length of the longest cause that the
    /// runtime logs.
    const MAX_BYTES: usize = Failure::MAX_CAUSE_BYTES;

    /// Adds the cause that a log line contains, if any.
    pub fn inspect(&mut self, line: &[u8]) {
        if self.by_record_id.len() >= Self::MAX {
            return;
        }
        match LoggedFailure::parse(line) {
            Some(LoggedFailure::Record { mut record_id, mut cause }) => {
                for text in [&mut record_id, &mut cause] {
                    text.truncate(text.floor_char_boundary(Self::MAX_BYTES));
                    text.shrink_to_fit();
                }
                self.by_record_id.insert(record_id, cause);
            }
            Some(LoggedFailure::More { .. }) => self.left_out = true,
            Some(LoggedFailure::Item { .. } | LoggedFailure::MoreItems { .. }) | None => {}
        }
    }

    /// Returns the causes in the report of a function in this process.
    pub fn of_report(report: &Report) -> Self {
        let failures = report.failures.iter();
        let causes = failures.map(|it| (it.record_id.clone(), it.cause.clone()));
        Self { by_record_id: causes.collect(), left_out: false }
    }

    /// Returns the cause of a failed record, if the log contains one. If the log has only a count
    /// for some failures, returns a text that refers to this count for each unknown record.
    pub fn of(&self, record_id: &str) -> Option<&str> {
        let left_out =
            "the log has only a count for this record: see `more records failed` in the log";
        let cause = self.by_record_id.get(record_id).map(String::as_str);
        cause.or(self.left_out.then_some(left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_come_from_log_lines_of_the_runtime() {
        let mut causes = Causes::default();
        for line in [
            r#"{"timestamp":"t","level":"WARN","fields":{"message":"record failed","invocation_id":"i","record_id":"7","kind":"error","cause":"no unit"}}"#,
            r#"{"fields":{"record_id":"8"}}"#,
            "START RequestId: 1",
            "",
            "{",
        ] {
            causes.inspect(line.as_bytes());
        }
        assert_eq!(causes.of("7"), Some("no unit"));
        assert_eq!(causes.of("8"), None);
        causes.inspect(
            br#"{"fields":{"message":"more records failed","kind":"error","records":9,"first_cause":"c"}}"#,
        );
        assert_eq!(causes.of("7"), Some("no unit"));
        assert!(causes.of("8").is_some_and(|cause| cause.contains("`more records failed`")));
    }
}
