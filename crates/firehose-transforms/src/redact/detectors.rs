use std::ops::Range;

use crate::redact::{
    detector::{Detector, TextClass},
    redact_error::RedactError,
    replacement::Replacement,
};

/// Detectors, each with the text that replaces its matches.
///
/// ```
/// use firehose_transforms::redact::{Detector, Detectors};
///
/// let badge = Detector::from_pattern("badge", "[A-Z]{2}-[0-9]{4}")?;
/// let detectors = Detectors::with_replacement([Detector::EMAIL, badge], "<{name}>")?;
/// assert_eq!(detectors.redact("ana@example.com has AB-1234").as_deref(), Some("<email> has <badge>"));
/// # Ok::<_, firehose_transforms::redact::RedactError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Detectors {
    detectors: Vec<(Detector, Replacement)>,
}

/// A part of a text to replace.
#[derive(Debug)]
pub(super) struct Match<'a> {
    pub(super) range: Range<usize>,
    pub(super) replacement: &'a Replacement,
}

impl Detectors {
    /// The default replacement of a match. `{name}` stands for the name of the detector.
    pub const DEFAULT_REPLACEMENT: &'static str = "[REDACTED:{name}]";

    /// Creates a list with the replacement `[REDACTED:{name}]`. `{name}` stands for the name of the
    /// detector.
    ///
    /// # Errors
    ///
    /// If the list is empty, or if a detector matches the replacement text of a detector of the list.
    pub fn new(detectors: impl IntoIterator<Item = Detector>) -> Result<Self, RedactError> {
        Self::with_replacement(detectors, Self::DEFAULT_REPLACEMENT)
    }

    /// Creates a list with another replacement. `{name}` stands for the name of the detector.
    ///
    /// # Errors
    ///
    /// If the list is empty, or if a detector matches the replacement text of a detector of the list. A
    /// second run would then change the text again.
    pub fn with_replacement(
        detectors: impl IntoIterator<Item = Detector>,
        replacement: &str,
    ) -> Result<Self, RedactError> {
        let with_text = |detector: Detector| {
            let replacement = Replacement::new(replacement, detector.name());
            (detector, replacement)
        };
        let list = Self { detectors: detectors.into_iter().map(with_text).collect() };
        if list.detectors.is_empty() {
            return Err(RedactError::no_detector());
        }
        for (_, replacement) in &list.detectors {
            if let Some(name) = list.first_finder(&replacement.text) {
                return Err(RedactError::found_replacement(&replacement.text, name));
            }
        }
        Ok(list)
    }

    /// Returns a text with every match replaced, or `None` if there is no match.
    pub fn redact(&self, text: &str) -> Option<String> {
        let matches = self.matches(text);
        (!matches.is_empty()).then(|| replaced(text, &matches))
    }

    /// Returns the parts of a text to replace, from the start to the end of the text.
    ///
    /// Matches that overlap become one match, with the replacement of the first of them. No detector
    /// has a match in the text with the replacements: if the replacements would make a new match, the
    /// whole text is one match.
    pub(super) fn matches(&self, text: &str) -> Vec<Match<'_>> {
        let class = TextClass::of(text);
        let mut matches = Vec::new();
        for (detector, replacement) in &self.detectors {
            detector.find(text, class, &mut |range| matches.push(Match { range, replacement }));
        }
        if matches.is_empty() {
            return matches;
        }
        matches.sort_by_key(|found| found.range.start);
        matches.dedup_by(|later, earlier| {
            let overlaps = later.range.start < earlier.range.end;
            if overlaps {
                earlier.range.end = earlier.range.end.max(later.range.end);
            }
            overlaps
        });
        if self.first_finder(&replaced(text, &matches)).is_some() {
            matches.truncate(1);
            matches[0].range = 0..text.len();
        }
        matches
    }

    /// Returns the name of the first detector that has a match in a text.
    fn first_finder(&self, text: &str) -> Option<&str> {
        let class = TextClass::of(text);
        let mut detectors = self.detectors.iter().map(|(detector, _)| detector);
        let finder = detectors.find(|detector| {
            let mut is_found = false;
            detector.find(text, class, &mut |_| is_found = true);
            is_found
        });
        finder.map(Detector::name)
    }
}

/// Returns the text with the replacements.
fn replaced(text: &str, matches: &[Match<'_>]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut copied = 0;
    for found in matches {
        result.push_str(&text[copied..found.range.start]);
        result.push_str(&found.replacement.text);
        copied = found.range.end;
    }
    result.push_str(&text[copied..]);
    result
}
