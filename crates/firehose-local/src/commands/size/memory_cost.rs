use firehose_delivery::sizing::Cost;

/// The cost of a function with one of Lambda's memory sizes.
#[derive(Clone, Debug)]
pub(super) struct MemoryCost {
    pub(super) megabytes: u32,
    /// `true` if the measured peak leaves too little of the memory free.
    pub(super) is_too_small: bool,
    pub(super) cost: Cost,
}
