use std::fmt;

use bytes::Bytes;
use bytestring::ByteString;

/// One user record, as slices of its Kinesis record.
///
/// `Debug` shows the length of the data and never the data, so that logging a record leaks no
/// payload.
#[derive(Clone, PartialEq, Eq)]
pub struct RawUserRecord {
    pub(crate) partition_key: Option<ByteString>,
    pub(crate) explicit_hash_key: Option<ByteString>,
    pub(crate) data: Bytes,
    pub(crate) sub_sequence_number: u64,
    pub(crate) aggregated: bool,
}

impl RawUserRecord {
    pub(crate) fn plain(data: Bytes) -> Self {
        Self {
            partition_key: None,
            explicit_hash_key: None,
            data,
            sub_sequence_number: 0,
            aggregated: false,
        }
    }

    /// Returns the partition key from the producer.
    ///
    /// Returns `None` for a plain record, which has the key of the Kinesis record.
    pub fn partition_key(&self) -> Option<&str> {
        self.partition_key.as_deref()
    }

    /// Returns the explicit hash key from the producer as decimal text, if the record has one.
    pub fn explicit_hash_key(&self) -> Option<&str> {
        self.explicit_hash_key.as_deref()
    }

    /// Returns the payload.
    pub fn data(&self) -> &Bytes {
        &self.data
    }

    /// Returns the payload by value.
    pub fn into_data(self) -> Bytes {
        self.data
    }

    /// Returns the position in the aggregate, counted from 0. The position of a plain record is 0.
    pub fn sub_sequence_number(&self) -> u64 {
        self.sub_sequence_number
    }

    /// Returns `true` if the record was in an aggregate, and `false` for a plain record.
    pub fn is_aggregated(&self) -> bool {
        self.aggregated
    }
}

impl fmt::Debug for RawUserRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawUserRecord")
            .field("partition_key", &self.partition_key())
            .field("explicit_hash_key", &self.explicit_hash_key())
            .field("data", &format_args!("{} bytes", self.data.len()))
            .field("sub_sequence_number", &self.sub_sequence_number)
            .field("aggregated", &self.aggregated)
            .finish()
    }
}
