use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// Positions of the input that a delivery stream is to receive, as ranges. A run that resumes an
/// earlier run wants only the records that the earlier run did not deliver.
///
/// In JSON, a range is the pair of its first and last position. The last position is `null` for a
/// range that ends with the input.
///
/// ```
/// use firehose_delivery::delivery::WantedPositions;
///
/// let wanted: WantedPositions = serde_json::from_str("[[3, 4], [9, null]]")?;
/// assert!(wanted.contains(3) && !wanted.contains(5) && wanted.contains(1_000_000));
/// assert_eq!(serde_json::to_string(&wanted.after(3))?, "[[4,4],[9,null]]");
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedPositions {
    /// The first and the last position of each range, in ascending order. Ranges neither overlap
    /// nor touch.
    ranges: Vec<(u64, u64)>,
}

/// The last position of a range that ends with the input.
const OPEN: u64 = u64::MAX;

impl WantedPositions {
    /// Returns all positions of an input of any length.
    pub fn all() -> Self {
        Self { ranges: vec![(1, OPEN)] }
    }

    /// Returns no positions.
    pub fn none() -> Self {
        Self { ranges: Vec::new() }
    }

    /// Returns the positions of these ranges, which may overlap and have any order.
    fn of_ranges(mut ranges: Vec<(u64, u64)>) -> Self {
        ranges.sort_unstable();
        let mut merged: Vec<(u64, u64)> = Vec::new();
        for (first, last) in ranges {
            match merged.last_mut() {
                Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
                _ => merged.push((first, last)),
            }
        }
        Self { ranges: merged }
    }

    /// Returns the positions of both sets.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::of_ranges([&self.ranges[..], &other.ranges].concat())
    }

    /// Returns the positions after `last`.
    #[must_use]
    pub fn after(&self, last: u64) -> Self {
        let left = self.ranges.iter().filter(|range| range.1 > last);
        Self { ranges: left.map(|&(first, end)| (first.max(last + 1), end)).collect() }
    }

    /// Returns the first and the last position of each range up to `last`.
    pub(super) fn up_to(&self, last: u64) -> impl Iterator<Item = (u64, u64)> {
        let read = self.ranges.iter().take_while(move |range| range.0 <= last);
        read.map(move |&(first, end)| (first, end.min(last)))
    }

    /// Returns `true` if the positions include this one.
    pub fn contains(&self, position: u64) -> bool {
        let next = self.ranges.partition_point(|range| range.1 < position);
        self.ranges.get(next).is_some_and(|range| range.0 <= position)
    }

    /// Returns `true` if these are [all](Self::all) positions.
    pub fn is_all(&self) -> bool {
        self.ranges == [(1, OPEN)]
    }

    /// Returns `true` if there are no positions.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }
}

impl From<Vec<(u64, u64)>> for WantedPositions {
    /// Returns the positions of these ranges: the first and the last position of each.
    fn from(ranges: Vec<(u64, u64)>) -> Self {
        Self::of_ranges(ranges)
    }
}

impl Serialize for WantedPositions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let end = |last| (last != OPEN).then_some(last);
        serializer.collect_seq(self.ranges.iter().map(|&(first, last)| (first, end(last))))
    }
}

impl<'de> Deserialize<'de> for WantedPositions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let ranges = Vec::<(u64, Option<u64>)>::deserialize(deserializer)?;
        let ranges: Vec<_> =
            ranges.into_iter().map(|(first, last)| (first, last.unwrap_or(OPEN))).collect();
        if let Some((first, last)) = ranges.iter().find(|(first, last)| *first == 0 || last < first)
        {
            return Err(D::Error::custom(format!(
                "[{first}, {last}] is not a range of positions: positions are counted from 1, and \
                 the first position must not be after the last"
            )));
        }
        Ok(Self::of_ranges(ranges))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> WantedPositions {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn ranges_are_merged_and_an_open_range_includes_later_ranges() {
        let wanted = parse("[[9, null], [3, 4], [5, 6], [1, 1], [20, 30], [4, 4]]");
        assert_eq!(wanted, parse("[[1, 1], [3, 6], [9, null]]"));
        assert_eq!(serde_json::to_string(&wanted).unwrap(), "[[1,1],[3,6],[9,null]]");
        assert!(parse("[[2, null], [1, 1]]").is_all() && parse("[]").is_empty());
    }

    #[test]
    fn an_invalid_range_is_an_error() {
        for text in ["[[0, 3]]", "[[4, 3]]", "[3]", "[[1, 2, 3]]", "{}", "[[-1, 2]]"] {
            assert!(serde_json::from_str::<WantedPositions>(text).is_err(), "{text}");
        }
    }

    proptest! {
        /// The operations agree with those of a list of all positions.
        #[test]
        fn ranges_are_sets(
            one in prop::collection::vec((1..60_u64, 0..9_u64), 0..9),
            other in prop::collection::vec((1..60_u64, 0..9_u64), 0..9),
            open in prop::option::of(1..60_u64),
            last in 0..70_u64,
        ) {
            let ranges = |all: &[(u64, u64)]| all.iter().map(|(first, more)| (*first, first + more)).collect::<Vec<_>>();
            let (mut one, other) = (ranges(&one), ranges(&other));
            one.extend(open.map(|first| (first, OPEN)));
            let has = |all: &[(u64, u64)], position| all.iter().any(|it| (it.0..=it.1).contains(&position));
            let union = WantedPositions::of_ranges(one.clone()).union(&WantedPositions::of_ranges(other.clone()));
            let up_to: Vec<_> = union.up_to(last).collect();
            for position in 1..80 {
                let expected = has(&one, position) || has(&other, position);
                prop_assert_eq!(union.contains(position), expected);
                prop_assert_eq!(union.after(last).contains(position), expected && position > last);
                prop_assert_eq!(has(&up_to, position), expected && position <= last);
            }
        }
    }
}
