use std::time::Duration;

/// The limits of an object writer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ObjectLimits {
    /// The length at which an object is complete, in bytes before compression.
    pub(crate) object_bytes: u64,
    /// The longest wait of an object's first record; `None` for no limit. Zero makes an object of
    /// each record.
    pub(crate) interval: Option<Duration>,
    /// The memory of the open objects in bytes, and again of the uploads. Above it, the largest
    /// open object is uploaded early.
    pub(crate) memory: u64,
    /// The number of open objects. Above it, the largest one is uploaded early.
    pub(crate) open_objects: usize,
}
