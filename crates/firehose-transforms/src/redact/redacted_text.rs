use std::ops::Range;

use crate::redact::found_match::Match;

/// A text with the replacements of its matches.
#[derive(Debug)]
pub(super) struct RedactedText {
    pub(super) text: String,
    /// The range of each replacement, and the range in the original text that it replaces.
    replacements: Vec<(Range<usize>, Range<usize>)>,
}

impl RedactedText {
    /// Replaces matches that are in order and do not overlap.
    pub(super) fn new(original: &str, matches: &[Match<'_>]) -> Self {
        let mut text = String::with_capacity(original.len());
        let mut replacements = Vec::with_capacity(matches.len());
        let mut copied = 0;
        for found in matches {
            text.push_str(&original[copied..found.range.start]);
            let start = text.len();
            text.push_str(&found.replacement.text);
            replacements.push((start..text.len(), found.range.clone()));
            copied = found.range.end;
        }
        text.push_str(&original[copied..]);
        Self { text, replacements }
    }

    /// Converts a range in the text to the range in the original text. A part of a replacement counts as
    /// the whole replacement.
    pub(super) fn original(&self, range: &Range<usize>) -> Range<usize> {
        let start = match self.last_before(range.start, |found| found.start) {
            None => range.start,
            Some((found, original)) if range.start < found.end => original.start,
            Some((found, original)) => original.end + (range.start - found.end),
        };
        let end = match self.last_before(range.end, |found| found.start + 1) {
            None => range.end,
            Some((found, original)) => original.end + range.end.saturating_sub(found.end),
        };
        start..end
    }

    /// Returns the last replacement for which `offset_of` gives at most this offset.
    fn last_before(
        &self,
        offset: usize,
        offset_of: impl Fn(&Range<usize>) -> usize,
    ) -> Option<&(Range<usize>, Range<usize>)> {
        let later = self.replacements.partition_point(|(found, _)| offset_of(found) <= offset);
        later.checked_sub(1).and_then(|last| self.replacements.get(last))
    }
}
