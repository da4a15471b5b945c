use bytes::Bytes;
use bytestring::ByteString;

use crate::{lost_records::LossReason, message::RecordMessage};

/// The two tables of keys of an aggregate, as text.
#[derive(Clone)]
pub(crate) struct DecodedKeyTables {
    pub(crate) partition_keys: Vec<ByteString>,
    pub(crate) explicit_hash_keys: Vec<ByteString>,
}

/// The indices of a user record's keys. Both are within their tables.
#[derive(Clone, Copy)]
pub(crate) struct KeyIndices {
    pub(crate) partition_key: usize,
    pub(crate) explicit_hash_key: Option<usize>,
}

impl DecodedKeyTables {
    pub(crate) fn new(partition_keys: &[Bytes], explicit_hash_keys: &[Bytes]) -> Self {
        let text = |keys: &[Bytes]| keys.iter().map(text).collect();
        Self { partition_keys: text(partition_keys), explicit_hash_keys: text(explicit_hash_keys) }
    }

    /// Checks the indices of a record.
    ///
    /// Compares all 64 bits of an index. The Kinesis Client Library cuts an index to 32 bits, so
    /// that the index 2^32 means entry 0.
    pub(crate) fn indices(&self, record: &RecordMessage) -> Result<KeyIndices, LossReason> {
        let index = record.partition_key_index;
        let keys = self.partition_keys.len();
        let partition_key =
            within(index, keys).ok_or(LossReason::PartitionKeyIndex { index, keys })?;
        let keys = self.explicit_hash_keys.len();
        let explicit_hash_key = match record.explicit_hash_key_index {
            Some(index) if keys > 0 => {
                Some(within(index, keys).ok_or(LossReason::ExplicitHashKeyIndex { index, keys })?)
            }
            // An index into an empty table means no key, as in the Python peer.
            Some(_) | None => None,
        };
        Ok(KeyIndices { partition_key, explicit_hash_key })
    }
}

fn within(index: u64, length: usize) -> Option<usize> {
    usize::try_from(index).ok().filter(|index| *index < length)
}

/// Converts a key into text. As in the Kinesis Client Library, U+FFFD replaces invalid UTF-8.
fn text(key: &Bytes) -> ByteString {
    match ByteString::try_from(key.clone()) {
        Ok(text) => text,
        Err(_) => String::from_utf8_lossy(key).into_owned().into(),
    }
}
