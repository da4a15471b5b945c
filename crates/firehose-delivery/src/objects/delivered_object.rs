use serde::Serialize;

/// An object in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeliveredObject {
    /// The key of the object in the store.
    pub key: String,
    /// The records in the object.
    pub records: u64,
    /// The bytes of the object in the store.
    pub bytes: u64,
}
