//! Tests of transforms and combinators through the public API.

mod filter;
mod partition_by;
mod then;
mod transform;
mod with_delimiter;
