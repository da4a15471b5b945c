/// A request that an endpoint took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveredRequest {
    /// The number of records that the endpoint took.
    pub records: u64,
    /// The bytes of data in these records.
    pub bytes: u64,
    /// The number of attempts, at least 1.
    pub attempts: u32,
}
