use std::fmt;

use roaring::RoaringTreemap;

use super::position_ranges::PositionRanges;

/// Positions of records in the input, in a compressed bitmap. The set is exact, and takes at most
/// about two bits of memory for each position of the input.
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
    pub fn ranges(&self) -> Vec<(u64, u64)> {
        let mut ranges: Vec<(u64, u64)> = Vec::new();
        for (high, bitmap) in self.positions.bitmaps() {
            let high = u64::from(high) << 32;
            let mut within = bitmap.iter();
            while let Some(range) = within.next_range() {
                let (first, last) =
                    (high + u64::from(*range.start()), high + u64::from(*range.end()));
                match ranges.last_mut() {
                    Some((_, before)) if *before + 1 == first => *before = last,
                    _ => ranges.push((first, last)),
                }
            }
        }
        ranges
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
        let ranges = self.ranges();
        for (index, (first, last)) in ranges.iter().take(SHOWN).enumerate() {
            f.write_str(if index == 0 { "" } else { ", " })?;
            match first == last {
                true => write!(f, "{first}")?,
                false => write!(f, "{first} to {last}")?,
            }
        }
        match ranges.len().checked_sub(SHOWN) {
            Some(1) => f.write_str(" and 1 more range"),
            Some(more @ 2..) => write!(f, " and {more} more ranges"),
            _ => Ok(()),
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

    #[test]
    fn neighbours_are_one_range() {
        assert_eq!(of(&[1, 2, 3, 5, 5, 6, 9]).ranges(), [(1, 3), (5, 6), (9, 9)]);
        assert_eq!(of(&[1, 2, 3, 5, 5, 6, 9]).to_string(), "1 to 3, 5 to 6, 9");
        assert_eq!(of(&[5, 5]).records(), 2);
        let border = 1 << 32;
        assert_eq!(of(&[border - 1, border, border + 1]).ranges(), [(border - 1, border + 1)]);
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
        assert_eq!((all.ranges().len(), all.records()), (300_000, 300_000));
    }

    #[test]
    fn the_rest_has_unsettled_and_shared_positions() {
        let rest = PositionSet::rest([(1, 6), (9, 9)], &of(&[1, 2, 4, 6]), &of(&[2]));
        assert_eq!(rest.ranges(), [(2, 3), (5, 5), (9, 9)]);
        assert_eq!(PositionSet::rest([], &of(&[]), &of(&[])).ranges(), []);
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
                found.ranges().iter().flat_map(|(first, last)| *first..=*last).collect();
            prop_assert_eq!(named, expected.into_iter().collect::<Vec<_>>());
            prop_assert_eq!(found.records(), objects.iter().map(Vec::len).sum::<usize>() as u64);
        }
    }
}
