use std::collections::BTreeMap;

use super::logged_failure::LoggedFailure;

/// The numbers of failed records for each kind of cause, from the function's log.
///
/// Causes that differ only in their numbers have the same kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CauseCounts {
    /// The causes by their text, with `#` for each number.
    by_kind: BTreeMap<String, Kind>,
    /// The number of records whose causes are not in `by_kind`.
    others: u64,
}

/// The suffix of a cause that stands for similar causes.
const SIMILAR: &str = ", and similar";

/// The causes of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Kind {
    /// The first cause, followed by [`SIMILAR`] once another cause of the kind differs.
    shown: String,
    records: u64,
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
                self.count(format!("{first_cause}{SIMILAR}"), records);
            }
            None => {}
        }
    }

    fn count(&mut self, mut cause: String, records: u64) {
        cause.truncate(cause.floor_char_boundary(Self::MAX_BYTES));
        let masked = mask_numbers(&cause);
        if let Some(kind) = self.by_kind.get_mut(&masked) {
            if kind.shown != cause && !kind.shown.ends_with(SIMILAR) {
                kind.shown.push_str(SIMILAR);
            }
            // The number comes from the log, so the sum may overflow.
            kind.records = kind.records.saturating_add(records);
        } else if self.by_kind.len() < Self::MAX_CAUSES {
            self.by_kind.insert(masked, Kind { shown: cause, records });
        } else {
            self.others = self.others.saturating_add(records);
        }
    }

    /// Returns the causes, the most frequent cause first.
    pub fn by_frequency(&self) -> Vec<(&str, u64)> {
        let mut causes: Vec<_> =
            self.by_kind.values().map(|kind| (kind.shown.as_str(), kind.records)).collect();
        causes.sort_by_key(|(_, records)| std::cmp::Reverse(*records));
        causes
    }

    /// Returns the number of records whose causes are not kept.
    pub fn others(&self) -> u64 {
        self.others
    }
}

/// Replaces each number with one `#`.
fn mask_numbers(cause: &str) -> String {
    let mut kind = String::with_capacity(cause.len());
    for character in cause.chars() {
        match character.is_ascii_digit() {
            true if kind.ends_with('#') => {}
            true => kind.push('#'),
            false => kind.push(character),
        }
    }
    kind
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
            causes.count(format!("cause {}", "x".repeat(number % 200)), 1);
        }
        assert_eq!((causes.by_frequency().len(), causes.others()), (100, 500));
    }

    #[test]
    fn causes_that_differ_in_numbers_are_of_one_kind() {
        let mut causes = CauseCounts::default();
        for number in 0..40 {
            causes.count(format!("no unit at column {number}"), 1);
            causes.count("no value".to_owned(), 1);
        }
        let expected = [("no unit at column 0, and similar", 40), ("no value", 40)];
        assert_eq!(causes.by_frequency(), expected);
    }
}
