use bytestring::ByteString;

use crate::{
    decoded_key_tables::{DecodedKeyTables, KeyIndices},
    hash_key::{HashKey, HashKeyRange},
    lost_records::LossReason,
};

/// A filter of user records by a range of hash keys, prepared for the keys of one aggregate.
///
/// Each entry is `true` if its key is within the range. Each key is hashed once, since any number
/// of user records may point to the same key.
pub(crate) struct RangeFilter {
    partition_keys: Vec<bool>,
    /// `None` for an entry that is not a hash key.
    explicit_hash_keys: Vec<Option<bool>>,
}

impl RangeFilter {
    pub(crate) fn new(tables: &DecodedKeyTables, range: HashKeyRange) -> Self {
        let of_partition_key = |key: &ByteString| range.contains(HashKey::of_partition_key(key));
        let explicit = |key: &ByteString| key.parse().ok().map(|key| range.contains(key));
        Self {
            partition_keys: tables.partition_keys.iter().map(of_partition_key).collect(),
            explicit_hash_keys: tables.explicit_hash_keys.iter().map(explicit).collect(),
        }
    }

    /// Returns `true` if the keys of a user record belong to the range.
    pub(crate) fn contains(&self, indices: KeyIndices) -> Result<bool, LossReason> {
        match indices.explicit_hash_key {
            Some(index) => self.explicit_hash_keys[index].ok_or(LossReason::ExplicitHashKeyText),
            None => Ok(self.partition_keys[indices.partition_key]),
        }
    }
}
