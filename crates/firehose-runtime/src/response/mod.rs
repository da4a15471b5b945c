//! The response as it is on the wire.

mod metadata;
pub(crate) mod writer;
