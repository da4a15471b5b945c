use std::{fmt, iter};

use roaring::RoaringTreemap;
use serde::{Serialize, Serializer};

use super::position_ranges::PositionRanges;

/// Positions of records in the input, in a compressed bitmap. The set is exact, and takes at most
/// about two bits of memory for each position of the input.
///
/// In JSON, a range is the pair of its first and last position. Serializing a set takes no memory
/// for its ranges.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PositionSet {
    positions: RoaringTreemap,
    records: u64,
}

impl PositionSet {
    /// Adds the position of a record. The records of an aggregate share a position.
    pub(crate) fn insert(&mut self, position: u64) {
        self.positions.insert(position);
        self.records += 1;
    }

    /// Adds the records of an object.
    pub(crate) fn add(&mut self, ranges: &PositionRanges) {
        self.records += ranges.records();
        for &(first, last) in ranges.ranges() {
            self.positions.insert_range(first..=last);
        }
    }

    /// Adds all records of another set.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.records += other.records;
        self.positions |= &other.positions;
    }

    /// Returns the positions of these ranges except those of `settled`. Positions of `shared` are
    /// kept even if they are settled.
    pub(crate) fn rest(
        ranges: impl IntoIterator<Item = (u64, u64)>,
        settled: &Self,
        shared: &Self,
    ) -> Self {
        let mut positions = RoaringTreemap::new();
        for (first, last) in ranges {
            positions.insert_range(first..=last);
        }
        positions -= &settled.positions - &shared.positions;
        Self { records: positions.len(), positions }
    }

    /// Returns the number of records.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Returns `true` if the set has this position.
    pub fn contains(&self, position: u64) -> bool {
        self.positions.contains(position)
    }

    /// Returns the first and the last position of each range, in ascending order. Ranges neither
    /// overlap nor touch.
    pub fn ranges(&self) -> impl Iterator<Item = (u64, u64)> {
        let mut parts = self
            .positions
            .bitmaps()
            .flat_map(|(high, bitmap)| {
                let high = u64::from(high) << 32;
                let mut within = bitmap.iter();
                iter::from_fn(move || within.next_range()).map(move |range| {
                    (high + u64::from(*range.start()), high + u64::from(*range.end()))
                })
            })
            .peekable();
        iter::from_fn(move || {
            let (first, mut last) = parts.next()?;
            // A range may go on in the next bitmap.
            while let Some((_, end)) = parts.next_if(|(next, _)| *next == last + 1) {
                last = end;
            }
            Some((first, last))
        })
    }
}

impl Serialize for PositionSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.ranges())
    }
}

impl FromIterator<u64> for PositionSet {
    fn from_iter<I: IntoIterator<Item = u64>>(positions: I) -> Self {
        let mut all = Self::default();
        positions.into_iter().for_each(|position| all.insert(position));
        all
    }
}

impl fmt::Display for PositionSet {
    /// Writes at most ten ranges: `1 to 7, 9, 12 to 15`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 10;
        let mut ranges = self.ranges();
        for (index, (first, last)) in ranges.by_ref().take(SHOWN).enumerate() {
            f.write_str(if index == 0 { "" } else { ", " })?;
            match first == last {
                true => write!(f, "{first}")?,
                false => write!(f, "{first} to {last}")?,
            }
        }
        match ranges.count() {
            0 => Ok(()),
            1 => f.write_str(" and 1 more range"),
            more => write!(f, " and {more} more ranges"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn of(positions: &[u64]) -> PositionSet {
        positions.iter().copied().collect()
    }

    fn ranges(set: &PositionSet) -> Vec<(u64, u64)> {
        set.ranges().collect()
    }

    #[test]
    fn neighbours_are_one_range() {
        assert_eq!(ranges(&of(&[1, 2, 3, 5, 5, 6, 9])), [(1, 3), (5, 6), (9, 9)]);
        assert_eq!(serde_json::to_string(&of(&[1, 2, 5])).unwrap(), "[[1,2],[5,5]]");
        assert_eq!(of(&[1, 2, 3, 5, 5, 6, 9]).to_string(), "1 to 3, 5 to 6, 9");
        assert_eq!(of(&[5, 5]).records(), 2);
        let border = 1 << 32;
        let over = of(&[border - 1, border, border + 1, border + 3]);
        assert_eq!(ranges(&over), [(border - 1, border + 1), (border + 3, border + 3)]);
    }

    #[test]
    fn at_most_ten_ranges_are_shown() {
        let odd: Vec<u64> = (0..15).map(|number| 2 * number + 1).collect();
        let shown = "1, 3, 5, 7, 9, 11, 13, 15, 17, 19 and";
        assert_eq!(of(&odd).to_string(), format!("{shown} 5 more ranges"));
        assert_eq!(of(&odd[..11]).to_string(), format!("{shown} 1 more range"));
        assert_eq!(of(&odd[..10]).to_string(), "1, 3, 5, 7, 9, 11, 13, 15, 17, 19");
    }

    #[test]
    fn positions_without_neighbours_are_all_kept() {
        let all: PositionSet = (1..=300_000).map(|number| 2 * number).collect();
        assert_eq!((all.ranges().count(), all.records()), (300_000, 300_000));
    }

    #[test]
    fn the_rest_has_unsettled_and_shared_positions() {
        let rest = PositionSet::rest([(1, 6), (9, 9)], &of(&[1, 2, 4, 6]), &of(&[2]));
        assert_eq!(ranges(&rest), [(2, 3), (5, 5), (9, 9)]);
        assert_eq!(ranges(&PositionSet::rest([], &of(&[]), &of(&[]))), []);
    }

    proptest! {
        /// A set of merged objects has the positions of a plain set.
        #[test]
        fn merged_positions_are_exact(objects in prop::collection::vec(
            prop::collection::vec(1..200_u64, 0..40), 0..20,
        )) {
            let (mut found, mut expected) = (PositionSet::default(), BTreeSet::new());
            for positions in &objects {
                let mut ranges = PositionRanges::default();
                positions.iter().for_each(|position| ranges.push(*position));
                found.add(&ranges);
                expected.extend(positions.iter().copied());
            }
            let named: Vec<u64> =
                found.ranges().flat_map(|(first, last)| first..=last).collect();
            prop_assert_eq!(named, expected.into_iter().collect::<Vec<_>>());
            prop_assert_eq!(found.records(), objects.iter().map(Vec::len).sum::<usize>() as u64);
        }
    }
}
