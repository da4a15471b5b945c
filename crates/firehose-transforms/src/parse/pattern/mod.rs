//! Patterns that users write.

#[cfg(feature = "parse_grok")]
pub(crate) mod grok;
#[cfg(feature = "parse_grok")]
mod grok_expansion;
#[cfg(feature = "parse_regex")]
pub(crate) mod regex;
