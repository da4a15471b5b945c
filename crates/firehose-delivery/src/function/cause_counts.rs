use std::collections::BTreeMap;

use super::cause_kind::kind_of;

/// The number of failures by kind of cause. A failure is a failed record or a failed item.
///
/// Causes that differ only in numbers, ids and quoted text have the same kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CauseCounts {
    /// The causes by the names of their kinds.
    by_kind: BTreeMap<String, Kind>,
    /// The number of failures whose causes are not in `by_kind`.
    others: u64,
}

/// The suffix of a displayed cause that represents similar causes too.
const SIMILAR: &str = ", and similar";

/// The causes of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Kind {
    /// The first cause, followed by [`SIMILAR`] once another cause of the kind differs.
    shown: String,
    count: u64,
}

impl CauseCounts {
    /// The most causes that are kept: a log may have a different cause for each record.
    const MAX_CAUSES: usize = 100;
    /// The longest cause that is kept, in bytes.
    const MAX_BYTES: usize = 200;

    /// Counts a number of failures with this cause.
    pub fn count(&mut self, cause: &str, count: u64) {
        let shown = cause[..cause.floor_char_boundary(Self::MAX_BYTES)].to_owned();
        self.add(kind_of(&shown), Kind { shown, count });
    }

    /// Adds the failures of other counts.
    pub(super) fn merge(&mut self, other: Self) {
        for (kind_name, kind) in other.by_kind {
            self.add(kind_name, kind);
        }
        self.count_others(other.others);
    }

    fn add(&mut self, kind_name: String, added: Kind) {
        if let Some(kind) = self.by_kind.get_mut(&kind_name) {
            if kind.shown != added.shown && !kind.shown.ends_with(SIMILAR) {
                kind.shown.push_str(SIMILAR);
            }
            // The number may come from a log, so the sum may overflow.
            kind.count = kind.count.saturating_add(added.count);
        } else if self.by_kind.len() < Self::MAX_CAUSES {
            self.by_kind.insert(kind_name, added);
        } else {
            self.count_others(added.count);
        }
    }

    /// Counts a number of failures whose causes are similar to `first_cause`, but may have other
    /// texts.
    pub fn count_similar(&mut self, first_cause: &str, count: u64) {
        let end = first_cause.floor_char_boundary(Self::MAX_BYTES - SIMILAR.len());
        self.count(&format!("{}{SIMILAR}", &first_cause[..end]), count);
    }

    /// Counts a number of failures without keeping their causes.
    pub fn count_others(&mut self, count: u64) {
        self.others = self.others.saturating_add(count);
    }

    /// Returns the causes, the most frequent cause first.
    pub fn by_frequency(&self) -> Vec<(&str, u64)> {
        let mut causes: Vec<_> =
            self.by_kind.values().map(|kind| (kind.shown.as_str(), kind.count)).collect();
        causes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        causes
    }

    /// Returns the number of failures whose causes are not kept.
    pub fn others(&self) -> u64 {
        self.others
    }

    /// Returns the number of all failures.
    pub fn total(&self) -> u64 {
        self.by_kind.values().fold(self.others, |sum, kind| sum.saturating_add(kind.count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_most_a_hundred_causes_are_kept() {
        let mut causes = CauseCounts::default();
        for number in 0..1000 {
            causes.count(&format!("cause {}", "x".repeat(number % 200)), 1);
        }
        assert_eq!((causes.by_frequency().len(), causes.others()), (100, 500));
        assert_eq!(causes.total(), 1000);
    }

    #[test]
    fn causes_that_differ_in_numbers_are_of_one_kind() {
        let mut causes = CauseCounts::default();
        for number in 0..40 {
            causes.count(&format!("no unit at column {number}"), 1);
            causes.count("no value", 1);
        }
        let expected = [("no unit at column 0, and similar", 40), ("no value", 40)];
        assert_eq!(causes.by_frequency(), expected);
    }
}
