use std::fmt;

/// Positions in the input, kept as ranges: most come one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Positions {
    /// Both ends included; in order and apart only after `merge`.
    ranges: Vec<(u64, u64)>,
    records: u64,
}

impl Positions {
    /// Adds a record. Several records may have one position: an aggregate has them.
    pub(crate) fn push(&mut self, position: u64) {
        self.records += 1;
        match self.ranges.last_mut() {
            Some((_, last)) if position == *last => {}
            Some((_, last)) if position == last.saturating_add(1) => *last = position,
            _ => self.ranges.push((position, position)),
        }
    }

    /// Adds all of another's, and puts them in order.
    pub(crate) fn merge(&mut self, other: Self) {
        self.records += other.records;
        self.ranges.extend(other.ranges);
        self.ranges.sort_unstable();
        self.ranges.dedup_by(|next, before| {
            let joined = next.0 <= before.1.saturating_add(1);
            if joined {
                before.1 = before.1.max(next.1);
            }
            joined
        });
    }

    /// How many records there are.
    pub(crate) fn records(&self) -> u64 {
        self.records
    }

    /// First and last position of each range.
    pub(crate) fn ranges(&self) -> &[(u64, u64)] {
        &self.ranges
    }
}

/// At most ten ranges: `1 to 7, 9, 12 to 15`.
impl fmt::Display for Positions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 10;
        for (index, (first, last)) in self.ranges.iter().take(SHOWN).enumerate() {
            f.write_str(if index == 0 { "" } else { ", " })?;
            match first == last {
                true => write!(f, "{first}")?,
                false => write!(f, "{first} to {last}")?,
            }
        }
        match self.ranges.len().checked_sub(SHOWN) {
            Some(more @ 1..) => write!(f, " and {more} more ranges"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(positions: &[u64]) -> Positions {
        let mut all = Positions::default();
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
    fn what_is_merged_is_in_order() {
        let mut all = of(&[4, 5, 20]);
        all.merge(of(&[1, 2, 3, 6, 18]));
        assert_eq!(all.ranges(), [(1, 6), (18, 18), (20, 20)]);
        assert_eq!(all.records(), 8);
    }

    #[test]
    fn few_ranges_are_shown() {
        let odd: Vec<u64> = (0..15).map(|number| 2 * number + 1).collect();
        assert_eq!(of(&odd).to_string(), "1, 3, 5, 7, 9, 11, 13, 15, 17, 19 and 5 more ranges");
    }
}
