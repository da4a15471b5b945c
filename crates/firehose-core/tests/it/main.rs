//! Transforms as their users combine them.

mod filter;
mod partition_by;
mod then;
mod transform;
mod with_delimiter;
