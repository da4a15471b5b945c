use bytes::Bytes;

/// A finished aggregate: the data and the keys of one `PutRecord` call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aggregate {
    pub(crate) partition_key: String,
    pub(crate) explicit_hash_key: Option<String>,
    pub(crate) data: Bytes,
    pub(crate) user_records: usize,
}

impl Aggregate {
    /// Returns the partition key for the put: the partition key of the first user record.
    pub fn partition_key(&self) -> &str {
        &self.partition_key
    }

    /// Returns the explicit hash key for the put, if the first user record has one.
    pub fn explicit_hash_key(&self) -> Option<&str> {
        self.explicit_hash_key.as_deref()
    }

    /// Returns the data to put.
    pub fn data(&self) -> &Bytes {
        &self.data
    }

    /// Returns the data by value.
    pub fn into_data(self) -> Bytes {
        self.data
    }

    /// Returns the number of user records, at least 1.
    pub fn user_records(&self) -> usize {
        self.user_records
    }
}
