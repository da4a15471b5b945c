/// The positions in the input of the records of one object, as ranges in the order of the records.
/// Most positions are consecutive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PositionRanges {
    /// The first and the last position of each range.
    ranges: Vec<(u64, u64)>,
    records: u64,
}

impl PositionRanges {
    /// Adds the position of a record. The records of an aggregate share a position.
    pub(crate) fn push(&mut self, position: u64) {
        self.records += 1;
        match self.ranges.last_mut() {
            Some((_, last)) if position == *last => {}
            Some((_, last)) if position == last.saturating_add(1) => *last = position,
            _ => self.ranges.push((position, position)),
        }
    }

    /// Returns the size in memory, in bytes.
    pub(crate) fn held(&self) -> u64 {
        (self.ranges.len() * size_of::<(u64, u64)>()) as u64
    }

    /// Returns the number of records.
    pub(crate) fn records(&self) -> u64 {
        self.records
    }

    /// Returns the first and the last position of each range. Ranges may overlap.
    pub(crate) fn ranges(&self) -> &[(u64, u64)] {
        &self.ranges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_one_range() {
        let mut ranges = PositionRanges::default();
        [1, 2, 3, 5, 5, 6, 9, 2].into_iter().for_each(|position| ranges.push(position));
        assert_eq!(ranges.ranges(), [(1, 3), (5, 6), (9, 9), (2, 2)]);
        assert_eq!(ranges.records(), 8);
    }
}
