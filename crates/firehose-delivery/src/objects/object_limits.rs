use std::time::Duration;

/// The limits of an object writer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ObjectLimits {
    /// The length at which an object is complete, in bytes before compression.
    pub(crate) object_bytes: u64,
    /// The longest wait of an object's first record; `None` for no limit. With zero, each record
    /// becomes an object.
    pub(crate) interval: Option<Duration>,
    /// The memory of the open objects, in bytes. Above this limit, the largest open object is
    /// uploaded early. The memory of the uploads has the same limit.
    pub(crate) memory: u64,
    /// The number of open objects. Above this limit, the largest open object is uploaded early.
    pub(crate) open_objects: usize,
}
