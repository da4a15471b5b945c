#![doc = include_str!("docs.md")]

pub(crate) mod detector;
pub(crate) mod detectors;
mod escapes;
mod found_match;
pub(crate) mod hash;
mod hash_key;
pub(crate) mod mask;
mod patterns;
mod redact_error;
mod redacted_text;
mod replacement;
mod searched_text;
mod string_edits;
pub(crate) mod transform;

pub use detector::Detector;
pub use detectors::Detectors;
pub use hash::Hash;
pub use hash_key::{HashKey, HashKeyError};
pub use mask::Mask;
pub use redact_error::RedactError;
pub use transform::Redact;
