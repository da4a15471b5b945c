//! Patterns that users write.

#[cfg(feature = "parse_regex")]
pub(crate) mod regex;
