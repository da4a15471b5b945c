use std::{
    cell::OnceCell,
    collections::{HashMap, HashSet},
};

use super::text::Text;

/// The number of members up to which a search from the front is faster than an index.
const SHORT: usize = 48;

/// The longest key, in bytes, that a search from the front compares. The longest key that is
/// searched from the front. A longer key uses the index, because each comparison may read many
/// equal bytes.
const SHORT_KEY: usize = 256;

/// The members of an object: each key once, in the order of their first occurrence.
#[derive(Clone, Debug)]
pub(crate) struct Members<V> {
    entries: Vec<(Text, V)>,
    /// The position of each key. The first look-up among more than [`SHORT`] members builds the
    /// index.
    index: OnceCell<HashMap<Text, usize>>,
}

impl<V> Default for Members<V> {
    fn default() -> Self {
        Self { entries: Vec::new(), index: OnceCell::new() }
    }
}

impl<V> Members<V> {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { entries: Vec::with_capacity(capacity), index: OnceCell::new() }
    }

    /// Creates members from pairs. The last value of a repeated key wins.
    pub(crate) fn from_pairs(pairs: Vec<(Text, V)>) -> Self {
        if !has_repeated_keys(pairs.len(), |at| pairs[at].0.as_str().as_bytes()) {
            return Self::from_unique(pairs);
        }
        let mut members = Self::with_capacity(pairs.len());
        for (key, value) in pairs {
            members.insert(key, value);
        }
        members
    }

    /// Creates members from pairs with different keys.
    pub(super) fn from_unique(pairs: Vec<(Text, V)>) -> Self {
        Self { entries: pairs, index: OnceCell::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn entries(&self) -> &[(Text, V)] {
        &self.entries
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.entries.iter_mut().map(|(_, value)| value)
    }

    pub(crate) fn into_entries(self) -> Vec<(Text, V)> {
        self.entries
    }

    pub(crate) fn get(&self, key: &str) -> Option<&V> {
        self.position(key).map(|at| &self.entries[at].1)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.position(key).map(|at| &mut self.entries[at].1)
    }

    fn position(&self, key: &str) -> Option<usize> {
        if self.entries.len() <= SHORT && key.len() <= SHORT_KEY {
            return self.entries.iter().position(|(own, _)| own.as_str() == key);
        }
        let index = || self.entries.iter().enumerate().map(|(at, (key, _))| (key.clone(), at));
        self.index.get_or_init(|| index().collect()).get(key).copied()
    }

    /// Sets the value of a key. A new key goes to the end.
    pub(crate) fn insert(&mut self, key: Text, value: V) {
        if let Some(at) = self.position(key.as_str()) {
            self.entries[at].1 = value;
            return;
        }
        if let Some(index) = self.index.get_mut() {
            index.insert(key.clone(), self.entries.len());
        }
        self.entries.push((key, value));
    }

    /// Keeps the members for which `keep` returns true.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.index.take();
        self.entries.retain(|(key, _)| keep(key.as_str()));
    }
}

/// Returns true if two of the `count` keys are equal. `key` returns the key at a position.
pub(super) fn has_repeated_keys<'k>(count: usize, key: impl Fn(usize) -> &'k [u8]) -> bool {
    /// Slots of a table on the stack, at least twice the number of its keys.
    const SLOTS: usize = 256;
    if count > SLOTS / 2 {
        let mut keys = HashSet::with_capacity(count);
        return !(0..count).all(|at| keys.insert(key(at)));
    }
    // Stores each key as its position plus 1, in the first free slot from its hash on. 0 marks a free
    // slot.
    let mut table = [0_u8; SLOTS];
    for at in 0..count {
        let own = key(at);
        let mut slot = hash(own) % SLOTS;
        while table[slot] != 0 {
            if key(usize::from(table[slot]) - 1) == own {
                return true;
            }
            slot = (slot + 1) % SLOTS;
        }
        // `at` is less than `SLOTS / 2`, so `at + 1` fits into a byte.
        table[slot] = at as u8 + 1;
    }
    false
}

/// Returns a hash of the length and of the first and last eight bytes of a key. Most keys of an
/// object differ in these.
#[inline]
fn hash(bytes: &[u8]) -> usize {
    let word = |part: Option<&[u8; 8]>| part.map_or(0, |word| u64::from_le_bytes(*word));
    let ends = match bytes.len() {
        8.. => word(bytes.first_chunk()) ^ word(bytes.last_chunk()).rotate_left(23),
        _ => bytes.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte)),
    };
    let mixed = (ends ^ bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 40) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_repeated_keys_wins_in_the_place_of_the_first() {
        for count in [1_usize, 2, 47, 48, 49, 128, 129, 1000] {
            let mut pairs: Vec<_> = (0..count).map(|at| (Text::from(at.to_string()), at)).collect();
            let repeats = |pairs: &[(Text, usize)]| {
                has_repeated_keys(pairs.len(), |at| pairs[at].0.as_str().as_bytes())
            };
            assert!(!repeats(&pairs), "{count}");
            pairs.push((Text::from((count - 1).to_string()), 7));
            assert!(repeats(&pairs), "{count}");
            let mut members = Members::from_pairs(pairs);
            assert_eq!(members.len(), count);
            assert_eq!(members.get(&(count - 1).to_string()), Some(&7));
            members.insert("new".into(), 8);
            assert_eq!(members.get("new"), Some(&8));
            members.retain(|key| key != "0");
            assert_eq!((members.get("0"), members.len()), (None, count));
            assert_eq!(members.get("new"), Some(&8));
        }
    }
}
