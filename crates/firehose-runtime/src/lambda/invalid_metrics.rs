use std::{error, fmt};

use crate::cause::shortened;

/// An error for a namespace or a dimension that CloudWatch rejects.
#[derive(Clone, PartialEq, Eq)]
pub struct InvalidMetrics {
    part: &'static str,
    text: String,
    reason: String,
}

impl InvalidMetrics {
    pub(super) fn new(part: &'static str, text: &str, reason: String) -> Self {
        // 64 bytes are enough to recognize the text.
        Self { part, text: shortened(text, 64), reason }
    }
}

impl fmt::Display for InvalidMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "metrics: {} {:?}: {}", self.part, self.text, self.reason)
    }
}

/// Formats like `Display`, because a `main` that returns an error prints its `Debug` form.
impl fmt::Debug for InvalidMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for InvalidMetrics {}

/// Checks that a text has 1 to `max` bytes.
pub(super) fn check_length(text: &str, max: usize) -> Result<(), String> {
    match text.len() {
        0 => Err("must not be empty".to_owned()),
        length if length > max => Err(format!("has {length} bytes; the limit is {max}")),
        _ => Ok(()),
    }
}

/// Checks a name or a value of a dimension by the
/// [rules of CloudWatch](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html).
pub(super) fn check_dimension(text: &str, max: usize) -> Result<(), String> {
    check_length(text, max)?;
    if text.trim().is_empty() {
        return Err("must not be blank".to_owned());
    }
    if !text.chars().all(|char| matches!(char, ' '..='~')) {
        return Err("only printable ASCII characters are allowed".to_owned());
    }
    Ok(())
}
