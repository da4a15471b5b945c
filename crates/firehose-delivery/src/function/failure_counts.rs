use firehose_runtime::Report;

use super::{
    cause_counts::CauseCounts, logged_exception::ExceptionReader, logged_failure::LoggedFailure,
};

/// The failures that a function reported, by cause.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FailureCounts {
    /// The failed records.
    pub records: CauseCounts,
    /// The failed items of records that did not fail. See
    /// [`ItemErrors`](firehose_runtime::ItemErrors).
    pub items: CauseCounts,
    /// The exceptions in the log that name no record.
    pub exceptions: CauseCounts,
    /// The reader of exceptions that take several lines.
    pub(super) reader: ExceptionReader,
}

impl FailureCounts {
    /// Counts the failure or the exception in a log line, if the line contains one.
    pub fn inspect(&mut self, line: &[u8]) {
        let mut reader = std::mem::take(&mut self.reader);
        self.inspect_with(&mut reader, line);
        self.reader = reader;
    }

    /// Counts like [`Self::inspect`], with a reader that has read the earlier lines of this log.
    pub(super) fn inspect_with(&mut self, reader: &mut ExceptionReader, line: &[u8]) {
        if let Some(exception) = reader.read(line) {
            self.exceptions.count(&exception, 1);
        }
        match LoggedFailure::parse(line) {
            Some(LoggedFailure::Record { cause, .. }) => self.records.count(&cause, 1),
            // The causes are similar, not equal, such as `key "a"` and `key "b"`.
            Some(LoggedFailure::More { records, first_cause }) => {
                self.records.count_similar(&first_cause, records);
            }
            Some(LoggedFailure::Item { cause }) => self.items.count(&cause, 1),
            Some(LoggedFailure::MoreItems { items }) => self.items.count_others(items),
            None => {}
        }
    }

    /// Adds the failures of other counts.
    pub(super) fn merge(&mut self, other: Self) {
        self.records.merge(other.records);
        self.items.merge(other.items);
        self.exceptions.merge(other.exceptions);
    }

    /// Counts the failures of an event.
    pub fn add(&mut self, report: &Report) {
        for failure in &report.failures {
            self.records.count(&failure.cause, 1);
        }
        for item in &report.first_failed_items {
            self.items.count(&item.cause, 1);
        }
        self.items.count_others(report.items_failed - report.first_failed_items.len() as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_lines_count_records_and_items() {
        let mut failures = FailureCounts::default();
        for line in [
            r#"{"fields":{"message":"record failed","record_id":"7","cause":"no unit"}}"#,
            r#"{"fields":{"message":"record failed","record_id":"8","cause":"no value"}}"#,
            r#"{"fields":{"message":"more records failed","kind":"error","records":9,"first_cause":"no value"}}"#,
            r#"{"fields":{"message":"item failed","record_id":"7","item":2,"cause":"no name"}}"#,
            r#"{"fields":{"message":"more items failed","items":3}}"#,
            r#"{"fields":{"message":"event answered","records":12,"items_failed":4}}"#,
            "START RequestId: 1",
        ] {
            failures.inspect(line.as_bytes());
        }
        let expected = [("no value, and similar", 9), ("no unit", 1), ("no value", 1)];
        assert_eq!(failures.records.by_frequency(), expected);
        assert_eq!(failures.items.by_frequency(), [("no name", 1)]);
        assert_eq!(failures.items.total(), 4);
    }
}
