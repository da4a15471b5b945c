use std::collections::BTreeMap;

use super::logged_failure::LoggedFailure;

/// Why records failed, and how many for each cause, as the function's log has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CauseCounts {
    by_cause: BTreeMap<String, u64>,
    /// Of causes beyond those that are kept.
    others: u64,
}

impl CauseCounts {
    /// A log may have a cause of its own for each record.
    const MAX_CAUSES: usize = 100;
    const MAX_BYTES: usize = 200;

    /// Counts the cause in a line of the log, if there is one in it.
    pub fn look_into(&mut self, line: &[u8]) {
        match LoggedFailure::read(line) {
            Some(LoggedFailure::Record { cause, .. }) => self.count(cause, 1),
            // Their causes are alike, and not the same: `key "a"` and `key "b"`.
            Some(LoggedFailure::More { records, mut first_cause }) => {
                first_cause.truncate(first_cause.floor_char_boundary(Self::MAX_BYTES - 20));
                self.count(format!("{first_cause}, and the like"), records);
            }
            None => {}
        }
    }

    fn count(&mut self, mut cause: String, records: u64) {
        cause.truncate(cause.floor_char_boundary(Self::MAX_BYTES));
        if self.by_cause.len() < Self::MAX_CAUSES || self.by_cause.contains_key(&cause) {
            *self.by_cause.entry(cause).or_default() += records;
        } else {
            self.others += records;
        }
    }

    /// The causes, the most frequent ones first.
    pub fn by_frequency(&self) -> Vec<(&str, u64)> {
        let mut causes: Vec<_> =
            self.by_cause.iter().map(|(cause, records)| (cause.as_str(), *records)).collect();
        causes.sort_by_key(|(_, records)| std::cmp::Reverse(*records));
        causes
    }

    /// How many records failed for causes that are not among these.
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
            causes.look_into(line.as_bytes());
        }
        let expected = [("no value, and the like", 9), ("no unit", 1), ("no value", 1)];
        assert_eq!(causes.by_frequency(), expected);
    }

    #[test]
    fn keeps_no_more_than_a_hundred() {
        let mut causes = CauseCounts::default();
        for number in 0..1000 {
            causes.count(format!("cause {number}"), 1);
        }
        assert_eq!((causes.by_frequency().len(), causes.others()), (100, 900));
    }
}
