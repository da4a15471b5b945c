use std::collections::BTreeMap;

use super::logged_failure::LoggedFailure;

/// The number of failed records by cause, from the function's log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CauseCounts {
    by_cause: BTreeMap<String, u64>,
    /// The number of records with other causes.
    others: u64,
}

impl CauseCounts {
    /// The most causes that are kept: a log may have a different cause for each record.
    const MAX_CAUSES: usize = 100;
    /// The longest cause that is kept, in bytes.
    const MAX_BYTES: usize = 200;

    /// Counts the cause in a log line, if the line contains one.
    pub fn inspect(&mut self, line: &[u8]) {
        match LoggedFailure::parse(line) {
            Some(LoggedFailure::Record { cause, .. }) => self.count(cause, 1),
            // The causes are similar, not equal, such as `key "a"` and `key "b"`.
            Some(LoggedFailure::More { records, mut first_cause }) => {
                first_cause.truncate(first_cause.floor_char_boundary(Self::MAX_BYTES - 20));
                self.count(format!("{first_cause}, and similar"), records);
            }
            None => {}
        }
    }

    fn count(&mut self, mut cause: String, records: u64) {
        cause.truncate(cause.floor_char_boundary(Self::MAX_BYTES));
        if self.by_cause.len() < Self::MAX_CAUSES || self.by_cause.contains_key(&cause) {
            let count = self.by_cause.entry(cause).or_default();
            // A function may log any number.
            *count = count.saturating_add(records);
        } else {
            self.others = self.others.saturating_add(records);
        }
    }

    /// Returns the causes, the most frequent cause first.
    pub fn by_frequency(&self) -> Vec<(&str, u64)> {
        let mut causes: Vec<_> =
            self.by_cause.iter().map(|(cause, records)| (cause.as_str(), *records)).collect();
        causes.sort_by_key(|(_, records)| std::cmp::Reverse(*records));
        causes
    }

    /// Returns the number of records whose causes are not kept.
    pub fn others(&self) -> u64 {
        self.others
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_cause() {
        let mut causes = CauseCounts::default();
        for line in [
            r#"{"fields":{"message":"record failed","record_id":"7","cause":"no unit"}}"#,
            r#"{"fields":{"message":"record failed","record_id":"8","cause":"no value"}}"#,
            r#"{"fields":{"message":"more records failed","kind":"error","records":9,"first_cause":"no value"}}"#,
            r#"{"fields":{"message":"event answered","records":12}}"#,
            "START RequestId: 1",
        ] {
            causes.inspect(line.as_bytes());
        }
        let expected = [("no value, and similar", 9), ("no unit", 1), ("no value", 1)];
        assert_eq!(causes.by_frequency(), expected);
    }

    #[test]
    fn at_most_a_hundred_causes_are_kept() {
        let mut causes = CauseCounts::default();
        for number in 0..1000 {
            causes.count(format!("cause {number}"), 1);
        }
        assert_eq!((causes.by_frequency().len(), causes.others()), (100, 900));
    }
}
