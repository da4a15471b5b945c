use crate::destinations::OutputRecord;

/// A check for a delivery stream that adds newlines itself. The first output that ends in a newline
/// causes a warning.
#[derive(Debug, Default)]
pub(super) struct DelimiterCheck {
    /// `true` until the warning; always `false` for a delivery stream that adds no newlines.
    is_active: bool,
}

impl DelimiterCheck {
    /// Creates an active check, or one that never warns.
    pub(super) fn new(is_active: bool) -> Self {
        Self { is_active }
    }

    /// Returns the warning about these outputs of a delivery stream, at most once.
    pub(super) fn check(&mut self, stream: &str, outputs: &[OutputRecord<'_>]) -> Option<String> {
        if !self.is_active || !outputs.iter().any(|output| output.data.ends_with(b"\n")) {
            return None;
        }
        self.is_active = false;
        Some(format!(
            "{stream}: an output ends in a newline, and AppendDelimiterToRecord adds another one; the \
             objects have empty lines"
        ))
    }
}
