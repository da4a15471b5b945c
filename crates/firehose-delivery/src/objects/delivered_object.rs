use serde::Serialize;

/// An object in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeliveredObject {
    /// The key of the object in the store.
    pub key: String,
    /// The number of records in the object.
    pub records: u64,
    /// The length of the object in the store, in bytes.
    pub bytes: u64,
}
