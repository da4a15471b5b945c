use std::fmt;

/// Positions of records in the input, as ranges, because most positions follow each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PositionRanges {
    /// The first and the last position of each range.
    ranges: Vec<(u64, u64)>,
    records: u64,
    /// `true` if more ranges were merged than are kept.
    is_cut: bool,
}

impl PositionRanges {
    /// The approximate number of ranges that are kept after a merge: the first ones.
    const MAX_MERGED: usize = 10_000;

    /// Adds the position of a record. The records of an aggregate share a position.
    pub(crate) fn push(&mut self, position: u64) {
        self.records += 1;
        match self.ranges.last_mut() {
            Some((_, last)) if position == *last => {}
            Some((_, last)) if position == last.saturating_add(1) => *last = position,
            _ => self.ranges.push((position, position)),
        }
    }

    /// Adds all positions of another value.
    pub(crate) fn merge(&mut self, other: Self) {
        self.records += other.records;
        self.is_cut |= other.is_cut;
        self.ranges.extend(other.ranges);
        if self.ranges.len() > 2 * Self::MAX_MERGED {
            self.ranges = self.ranges();
            self.is_cut |= self.ranges.len() > Self::MAX_MERGED;
            self.ranges.truncate(Self::MAX_MERGED);
        }
    }

    /// Returns the size in memory, in bytes.
    pub(crate) fn held(&self) -> u64 {
        (self.ranges.len() * size_of::<(u64, u64)>()) as u64
    }

    /// Returns the number of records.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// Returns the first and the last position of each range, in ascending order. Ranges neither
    /// overlap nor touch.
    pub fn ranges(&self) -> Vec<(u64, u64)> {
        let mut ranges = self.ranges.clone();
        ranges.sort_unstable();
        ranges.dedup_by(|next, before| {
            let is_joined = next.0 <= before.1.saturating_add(1);
            if is_joined {
                before.1 = before.1.max(next.1);
            }
            is_joined
        });
        ranges
    }
}

impl fmt::Display for PositionRanges {
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
            Some(_) if self.is_cut => f.write_str(" and more"),
            Some(more @ 1..) => write!(f, " and {more} more ranges"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(positions: &[u64]) -> PositionRanges {
        let mut all = PositionRanges::default();
        positions.iter().for_each(|position| all.push(*position));
        all
    }

    #[test]
    fn neighbours_are_one_range() {
        assert_eq!(of(&[1, 2, 3, 5, 5, 6, 9]).ranges(), [(1, 3), (5, 6), (9, 9)]);
        assert_eq!(of(&[1, 2, 3, 5, 5, 6, 9]).to_string(), "1 to 3, 5 to 6, 9");
        assert_eq!(of(&[5, 5]).records(), 2);
    }

    #[test]
    fn merged_ranges_are_in_order() {
        let mut all = of(&[4, 5, 20]);
        all.merge(of(&[1, 2, 3, 6, 18]));
        assert_eq!(all.ranges(), [(1, 6), (18, 18), (20, 20)]);
        assert_eq!(all.records(), 8);
    }

    #[test]
    fn the_first_ranges_are_kept_and_all_records_are_counted() {
        let mut all = PositionRanges::default();
        for position in (1..=30_000).rev() {
            all.merge(of(&[2 * position]));
        }
        assert_eq!(all.records(), 30_000);
        assert_eq!(all.ranges()[0], (2, 2));
        assert!(all.ranges().len() <= 2 * PositionRanges::MAX_MERGED);
        assert!(all.to_string().ends_with("18, 20 and more"), "{all}");
    }

    #[test]
    fn at_most_ten_ranges_are_shown() {
        let odd: Vec<u64> = (0..15).map(|number| 2 * number + 1).collect();
        assert_eq!(of(&odd).to_string(), "1, 3, 5, 7, 9, 11, 13, 15, 17, 19 and 5 more ranges");
    }
}
