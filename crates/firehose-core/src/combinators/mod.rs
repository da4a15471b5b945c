//! The transforms that wrap another transform, one per file.

pub(crate) mod filter;
pub(crate) mod partition_by;
pub(crate) mod then;
pub(crate) mod with_delimiter;
